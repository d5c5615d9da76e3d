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
  const folder = join(parity ?? '', 'tokenizers', name);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const read = Tokenizer.fromJson(readFileSync(join(folder, 'tokenizer.json')), { file: name });
  const rewritten = Tokenizer.fromJson(read.toJson());

  it.each([
    ['as read', read],
    ['written and read again', rewritten],
  ])('encodes every row, %s', (_, tokenizer) => {
    for (const row of expected.rows) {
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
    for (const row of expected.rows) {
      expect({ text: row.text, decoded: read.decode(row.ids) }).toEqual({ text: row.text, decoded: row.decoded });
      expect(read.decode(row.ids, { skipSpecialTokens: false })).toBe(row.decoded_with_special);
    }
  });

  it('encodes every pair', () => {
    for (const pair of expected.pairs) {
      const encoding = read.encode(pair.a, { pair: pair.b });
      expect({
        ids: [...encoding.ids],
        typeIds: [...encoding.typeIds],
        specialTokensMask: [...encoding.specialTokensMask],
      }).toEqual({ ids: pair.ids, typeIds: pair.type_ids, specialTokensMask: pair.special_tokens_mask });
    }
  });
});
