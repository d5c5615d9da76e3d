import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from './tokenizer.ts';

const parity = parityFolder();
const CASES = [
  'bert-base-uncased-real',
  'bpe-byte-level',
  'bpe-byte-level-roberta',
  'bpe-end-of-word',
  'characters',
  'gpt2-real',
  'unigram',
  'word-level',
  'wordpiece-cased',
  'wordpiece-uncased',
];

interface Expected {
  rows: {
    text: string;
    ids: number[];
    tokens: string[];
    offsets: [number, number][];
    decoded: string;
    decoded_with_special: string;
  }[];
  pairs: { a: string; b: string; ids: number[]; type_ids: number[]; special_tokens_mask: number[] }[];
}

describe.runIf(parity !== undefined).each(CASES)('Tokenizer against the reference: %s', (name) => {
  // Read in the tests: this function runs also where the fixtures are not, and all tests are skipped.
  const fixture = (file: string): Buffer => readFileSync(join(parity ?? '', 'tokenizers', name, file));
  const readExpected = (): Expected => JSON.parse(fixture('expected.json').toString()) as Expected;
  const readTokenizer = (): Tokenizer => Tokenizer.fromJson(fixture('tokenizer.json'), { file: name });

  it.each([
    ['as read', readTokenizer],
    ['written and read again', (): Tokenizer => Tokenizer.fromJson(readTokenizer().toJson())],
  ])('encodes every row, %s', (_, open) => {
    const tokenizer = open();
    for (const row of readExpected().rows) {
      const encoding = tokenizer.encode(row.text);
      expect({
        text: row.text,
        ids: [...encoding.ids],
        tokens: encoding.tokens,
        offsets: encoding.codePointOffsets,
      }).toEqual({ text: row.text, ids: row.ids, tokens: row.tokens, offsets: row.offsets });
      expect([...tokenizer.encodeToIds(row.text)]).toEqual(row.ids);
    }
  });

  it('decodes every row', () => {
    const read = readTokenizer();
    for (const row of readExpected().rows) {
      expect({ text: row.text, decoded: read.decode(row.ids) }).toEqual({ text: row.text, decoded: row.decoded });
      expect(read.decode(row.ids, { skipSpecialTokens: false })).toBe(row.decoded_with_special);
    }
  });

  it('encodes every pair', () => {
    const read = readTokenizer();
    for (const pair of readExpected().pairs) {
      const encoding = read.encode(pair.a, { pair: pair.b });
      expect({
        ids: [...encoding.ids],
        typeIds: [...encoding.typeIds],
        specialTokensMask: [...encoding.specialTokensMask],
      }).toEqual({ ids: pair.ids, typeIds: pair.type_ids, specialTokensMask: pair.special_tokens_mask });
    }
  });
});
