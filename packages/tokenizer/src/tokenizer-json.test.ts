import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenizerError } from './errors.ts';
import { Tokenizer } from './tokenizer.ts';
import { trainByteLevelBpe } from './trainers/byte-level-bpe.ts';
import { trainUnigram } from './trainers/unigram.ts';
import { trainWordPiece } from './trainers/word-piece.ts';

const LINES = ['the fox and the dog', 'the dog and the hen', 'a hen, a fox; a dog!'];
const FILES = [
  trainByteLevelBpe(LINES, { vocabSize: 270, minFrequency: 1 }).toJson(),
  trainWordPiece(LINES, { vocabSize: 60, minFrequency: 1 }).toJson(),
  trainUnigram(LINES, { vocabSize: 40 }).toJson(),
];

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
      'TOKENIZER_MERGES: /model/merges/0: merge 0 needs "b", which is not in the vocabulary. Vocabulary and merges belong to different tokenizers, or one of them is damaged.',
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
      'TOKENIZER_VOCABULARY: unk_id must be below 1, got 3.',
    ],
    [
      file({ added_tokens: [{ id: 7, content: 'a' }] }),
      'TOKENIZER_VOCABULARY: t.json /added_tokens/0: the id must be 1, as in the vocabulary, not 7.',
    ],
    [
      file({ normalizer: { type: 'Replace', pattern: { Regex: '(a' }, content: '' } }),
      "TOKENIZER_PATTERN: t.json /normalizer/pattern/Regex @ 2: ')' must close the group. Only patterns that can be searched for in linear time are read.",
    ],
    [
      file({ normalizer: { type: 'Precompiled', precompiled_charsmap: '????' } }),
      'TOKENIZER_CHARSMAP: precompiled_charsmap must be base64, got "????".',
    ],
    [
      file({ normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }),
      'TOKENIZER_CHARSMAP: a charsmap must begin with the length of its trie, got -1 of 3 bytes.',
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
      'TOKENIZER_TEMPLATE: special_tokens must define "x".',
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

  it('answers mutated files with a tokenizer or a typed error, and leaves prototypes alone', () => {
    const seed = Number(process.env['CLOZE_SEED'] ?? 20261124);
    console.info(`mutated tokenizer.json files: seed ${seed}, set CLOZE_SEED for another`);
    const values = [
      'null',
      '0',
      '-1',
      '2147483648',
      '4294967295',
      '9007199254740993',
      '1e400',
      '"\\ud800"',
      '"__proto__"',
      '[[[[]]]]',
      '{"__proto__": {"x": 1}}',
      'true',
      '""',
      '{',
      '"',
    ];
    const mutation = fc.record({
      file: fc.integer({ min: 0, max: FILES.length - 1 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 0, max: 30 }),
      insert: fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary', maxLength: 4 })),
      isWhole: fc.boolean(),
    });
    const ownKeys = Object.getOwnPropertyNames(Object.prototype).length;
    fc.assert(
      fc.property(mutation, ({ file: index, at, length, insert, isWhole }) => {
        const json = FILES[index] ?? '';
        const place = Math.floor(at * json.length);
        // Either a whole value after a colon or comma, or any stretch.
        const start = isWhole ? json.indexOf(' ', place) + 1 : place;
        const end = isWhole ? Math.max(start, json.slice(start).search(/[,\n]/) + start) : start + length;
        try {
          const tokenizer = Tokenizer.fromJson(json.slice(0, start) + insert + json.slice(end));
          tokenizer.decode(tokenizer.encode('the fox \ud800').ids);
        } catch (error) {
          if (!(error instanceof TokenizerError)) throw error;
        }
      }),
      { numRuns: 10_000, seed },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(ownKeys);
  });
});
