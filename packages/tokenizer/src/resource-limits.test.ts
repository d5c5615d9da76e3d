import { describe, expect, it } from 'vitest';
import { TokenizerError } from './errors.ts';
import { Tokenizer } from './tokenizer.ts';

/** What reading and using a tokenizer.json ends with. */
function outcome(changes: Record<string, unknown>, text = 'a', pair?: string): string {
  const model = { type: 'WordLevel', vocab: { a: 0, '[UNK]': 1 }, unk_token: '[UNK]' };
  try {
    const tokenizer = Tokenizer.fromJson(JSON.stringify({ version: '1.0', added_tokens: [], model, ...changes }));
    tokenizer.decode(tokenizer.encode(text, pair === undefined ? {} : { pair }).ids);
    return 'done';
  } catch (error) {
    return error instanceof TokenizerError ? error.message : `no typed error: ${String(error)}`;
  }
}

const repeated = (count: number, value: unknown): unknown[] => new Array<unknown>(count).fill(value);
const words = { type: 'WhitespaceSplit' };

describe('what a file may make of a text', () => {
  it.each([
    [
      'replacements that lengthen what the one before wrote',
      {
        normalizer: {
          type: 'Sequence',
          normalizers: repeated(40, { type: 'Replace', pattern: { String: 'a' }, content: 'aaaa' }),
        },
      },
      'RESOURCE_LIMIT: a text must not grow from 1 to more than 1048608',
    ],
    [
      'bytes spelled again and again',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: repeated(40, { type: 'ByteLevel', use_regex: false }) } },
      'RESOURCE_LIMIT: a text must not grow from 1 to more than 1048608',
      '\u00e9',
    ],
    [
      'decoders that put a space between all characters',
      {
        pre_tokenizer: words,
        decoder: { type: 'Sequence', decoders: repeated(40, { type: 'BPEDecoder', suffix: '' }) },
      },
      'RESOURCE_LIMIT: decoded text must not grow from 2 to more than 1048640',
      'a a',
    ],
    [
      'a long replacement in a long token',
      {
        model: { type: 'WordLevel', vocab: { ['a'.repeat(2000)]: 0 }, unk_token: 'a'.repeat(2000) },
        decoder: { type: 'Replace', pattern: { String: 'a' }, content: 'b'.repeat(50_000) },
      },
      'RESOURCE_LIMIT: a decoded token must not grow from 2000 to more than 1112576',
    ],
    [
      'padding to any length',
      { padding: { strategy: { Fixed: 4294967295 } } },
      'RESOURCE_LIMIT: encodings must be padded to at most 1048576 tokens, got 4294967295',
    ],
    [
      'a template with many tokens',
      {
        post_processor: {
          type: 'TemplateProcessing',
          single: repeated(40, { SpecialToken: { id: 'x', type_id: 0 } }),
          pair: [],
          special_tokens: { x: { id: 'x', ids: repeated(100, 0), tokens: repeated(100, 'a') } },
        },
      },
      'RESOURCE_LIMIT: /post_processor: a template must have at most 1024 tokens, got 4040',
    ],
    [
      'a piece that is longer than any',
      { model: { type: 'Unigram', unk_id: 0, vocab: [['a'.repeat(1025), 0]] } },
      'RESOURCE_LIMIT: /model: a piece must have at most 1024 characters, got 1025 in "aaa',
    ],
    [
      'a long pattern',
      { normalizer: { type: 'Replace', pattern: { Regex: '[a]'.repeat(2000) }, content: '' } },
      'TOKENIZER_PATTERN: /normalizer/pattern: a pattern must have at most 4096 characters, got 6000',
    ],
    [
      'nothing, repeated without end',
      { normalizer: { type: 'Replace', pattern: { Regex: '(?:(?:(?:){99999}){99999}){99999}b' }, content: '' } },
      'done',
    ],
  ])('bounds %s', (_, changes, expected, text = 'a') => {
    expect(outcome(changes, text)).toContain(expected);
  });

  it('bounds windows that share nearly all of their tokens', () => {
    const truncation = { max_length: 5000, stride: 4999, strategy: 'LongestFirst', direction: 'Right' };
    const text = 'a '.repeat(10_000);
    expect(outcome({ pre_tokenizer: words, truncation }, text)).toContain(
      'RESOURCE_LIMIT: the overflow of truncation must not grow from 10000 to more than 1368576',
    );
    const short = { ...truncation, max_length: 20, stride: 0 };
    expect(outcome({ pre_tokenizer: words, truncation: short }, text, text)).toContain(
      'RESOURCE_LIMIT: the overflow of a pair must not grow from 20000 to more than 1688576',
    );
  });

  it('takes a charsmap of any length, but no other long string', () => {
    expect(outcome({ decoder: { type: 'BPEDecoder', suffix: 'a'.repeat(100_001) } })).toContain(
      'RESOURCE_LIMIT: /decoder/suffix',
    );
    expect(outcome({ normalizer: { type: 'Precompiled', precompiled_charsmap: 'A'.repeat(200_000) } })).toContain(
      'TOKENIZER_CHARSMAP',
    );
  });
});

describe('long texts', () => {
  it.each([
    [
      'white space before a letter',
      { post_processor: { type: 'ByteLevel', trim_offsets: true } },
      `${' '.repeat(200_000)}x`,
    ],
    ['white space that tokens take', { added_tokens: [{ id: 5, content: ' ', lstrip: true }] }, ' '.repeat(200_000)],
    [
      'bytes that are no UTF-8',
      {
        model: { type: 'BPE', vocab: { '<0xFF>': 0 }, merges: [], unk_token: '<0xFF>' },
        decoder: { type: 'ByteFallback' },
      },
      'a'.repeat(300_000),
    ],
    ['marks', { normalizer: { type: 'NFD' } }, 'a\u0301\u0316'.repeat(1) + '\u0301\u0316'.repeat(150_000)],
  ])('take linear time and no stack: %s', (_, changes, text) => {
    const model = { type: 'Unigram', unk_id: 0, vocab: [['a', 0]] };
    // Quadratic time would be minutes; the time limit of the test ends it.
    expect(outcome({ model, ...changes }, text)).toBe('done');
  });
});

describe('tokens named like properties of objects', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const vocab = Object.fromEntries([['[UNK]', 0] as const, ...names.map((name, index) => [name, index + 1] as const)]);

  it.each([
    ['WordLevel', { type: 'WordLevel', vocab, unk_token: '[UNK]' }],
    ['WordPiece', { type: 'WordPiece', vocab, unk_token: '[UNK]' }],
    ['Unigram', { type: 'Unigram', unk_id: 0, vocab: ['[UNK]', ...names].map((name) => [name, -1]) }],
    ['BPE', { type: 'BPE', vocab, merges: [], unk_token: '[UNK]', ignore_merges: true }],
  ])('are tokens like any other: %s', (_, model) => {
    const json = `{"version": "1.0", "pre_tokenizer": {"type": "WhitespaceSplit"}, "model": ${JSON.stringify(model)}}`;
    const tokenizer = Tokenizer.fromJson(json);
    expect(tokenizer.encode(names.join(' ')).tokens).toEqual(names);
    expect(Tokenizer.fromJson(tokenizer.toJson()).encode(names.join(' ')).tokens).toEqual(names);
    expect(tokenizer.tokenToId('isPrototypeOf')).toBeUndefined();
  });

  it('are found as added tokens', () => {
    const added_tokens = names.map((content, index) => ({ id: 10 + index, content, special: true }));
    const model = { type: 'WordLevel', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' };
    const tokenizer = Tokenizer.fromJson(JSON.stringify({ version: '1.0', added_tokens, model }));
    expect([...tokenizer.encodeToIds(names.join(''))]).toEqual([10, 11, 12, 13, 14, 15]);
    expect(tokenizer.decode([10, 11], { skipSpecialTokens: false })).toBe('__proto__ constructor');
  });
});
