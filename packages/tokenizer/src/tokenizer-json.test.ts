import { describe, expect, it } from 'vitest';
import { TokenizerError } from './errors.ts';
import { Tokenizer } from './tokenizer.ts';

/** A tokenizer.json with a few fields changed. */
function file(changes: Record<string, unknown>): string {
  const model = { type: 'WordLevel', vocab: { '[UNK]': 0, a: 1 }, unk_token: '[UNK]' };
  return JSON.stringify({ version: '1.0', added_tokens: [], model, ...changes });
}

function messageOf(json: string): string {
  try {
    Tokenizer.fromJson(json, { file: 't.json' });
  } catch (error) {
    return error instanceof TokenizerError ? error.message : `not typed: ${String(error)}`;
  }
  return 'accepted';
}

describe('tokenizer.json', () => {
  it.each([
    ['[]', 'TOKENIZER_FIELD: t.json: must be an object, got an array.'],
    [file({ version: '2.0' }), 'UNSUPPORTED_FORMAT: t.json: version must be "1.0", not "2.0".'],
    [file({ surprise: 1 }), 'TOKENIZER_UNKNOWN_FIELD: t.json /surprise: there is no setting "surprise" here.'],
    [file({ model: { type: 'Magic' } }), 'TOKENIZER_UNKNOWN_TYPE: t.json /model/type: there is no model "Magic".'],
    [
      file({ normalizer: { type: 'X' } }),
      'TOKENIZER_UNKNOWN_TYPE: t.json /normalizer/type: there is no normalizer "X".',
    ],
    [
      file({ pre_tokenizer: { type: 'X' } }),
      'TOKENIZER_UNKNOWN_TYPE: t.json /pre_tokenizer/type: there is no pre-tokenizer "X".',
    ],
    [
      file({ post_processor: { type: 'X' } }),
      'TOKENIZER_UNKNOWN_TYPE: t.json /post_processor/type: there is no post-processor "X".',
    ],
    [file({ decoder: { type: 'X' } }), 'TOKENIZER_UNKNOWN_TYPE: t.json /decoder/type: there is no decoder "X".'],
    [
      file({ model: { type: 'WordLevel', vocab: { a: -1 }, unk_token: 'a' } }),
      'TOKENIZER_VOCABULARY: t.json /model/vocab: the id of "a" must be a whole number of at least 0, got -1.',
    ],
    [
      file({ model: { type: 'WordLevel', vocab: { a: 1, b: 1 }, unk_token: 'a' } }),
      'TOKENIZER_VOCABULARY: t.json /model/vocab: every id must belong to one token, but 1 stands twice, got "b".',
    ],
    [
      file({ model: { type: 'WordLevel', vocab: { a: 2147483648 }, unk_token: 'a' } }),
      'RESOURCE_LIMIT: t.json /model/vocab: ids must be below 4000000, got 2147483648 for "a". Raise limits.vocabSize if you trust the file.',
    ],
    [
      file({ model: { type: 'BPE', vocab: { a: 0 }, merges: [['a', 'b']] } }),
      'TOKENIZER_MERGES: t.json /model/merges/0: merge 0 needs "b", which is not in the vocabulary. Vocabulary and merges belong to different tokenizers, or one of them is damaged.',
    ],
    [
      file({ model: { type: 'BPE', vocab: { a: 0 }, merges: ['a b c'] } }),
      'TOKENIZER_MERGES: t.json /model/merges/0: must be a pair of strings.',
    ],
    [
      file({ model: { type: 'Unigram', vocab: [['a', 'b']] } }),
      'TOKENIZER_VOCABULARY: t.json /model/vocab/0: must be a pair of a string and a number.',
    ],
    [
      file({ model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 3 } }),
      'TOKENIZER_VOCABULARY: t.json /model: unk_id must be below 1, got 3.',
    ],
    [
      file({
        added_tokens: [
          { id: 7, content: 'x' },
          { id: 7, content: 'y' },
        ],
      }),
      'TOKENIZER_VOCABULARY: t.json /added_tokens: added tokens must differ in id and content, got id 7 "y" twice.',
    ],
    [
      file({ added_tokens: [{ id: 7, content: 'a' }] }),
      'TOKENIZER_VOCABULARY: t.json /added_tokens/0: the id must be 1, as in the vocabulary, not 7.',
    ],
    [
      file({ normalizer: { type: 'Replace', pattern: { Regex: '(a' }, content: '' } }),
      'TOKENIZER_PATTERN: t.json /normalizer/pattern @ 2: \')\' must close the group, got "(a". Only patterns that can be searched for in linear time are read.',
    ],
    [
      file({ normalizer: { type: 'Precompiled', precompiled_charsmap: '????' } }),
      'TOKENIZER_CHARSMAP: t.json /normalizer: precompiled_charsmap must be base64, got "????".',
    ],
    [
      file({ normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }),
      'TOKENIZER_CHARSMAP: t.json /normalizer: a charsmap must begin with the length of its trie, got -1 of 3 bytes.',
    ],
    [
      file({
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'x', type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      }),
      'TOKENIZER_TEMPLATE: t.json /post_processor: special_tokens must define "x".',
    ],
    [
      file({ pre_tokenizer: { type: 'Metaspace', replacement: '_', add_prefix_space: false } }),
      'TOKENIZER_FIELD: t.json /pre_tokenizer/prepend_scheme: add_prefix_space false needs prepend_scheme "never".',
    ],
  ])('names the place: %s', (json, message) => {
    expect(messageOf(json)).toBe(message);
  });

  it('reads older files: merges as strings, no type, empty affixes', () => {
    const tokenizer = Tokenizer.fromJson(
      file({
        model: { vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'], continuing_subword_prefix: '', end_of_word_suffix: '' },
      }),
    );
    expect([...tokenizer.encodeToIds('abab')]).toEqual([2, 2]);
  });
});
