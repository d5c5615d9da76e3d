import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { readSentencePiece } from './sentence-piece.ts';

const parity = parityFolder();

interface Expected {
  rows: { text: string; ids: number[]; pieces: string[]; decoded: string }[];
}

describe.runIf(parity !== undefined)('readSentencePiece against SentencePiece', () => {
  const folder = join(parity ?? '', 'tokenizers', 'sentencepiece');

  it('encodes and decodes every row', () => {
    const { rows } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
    const tokenizer = readSentencePiece(readFileSync(join(folder, 'spiece.model')));
    for (const { text, ids, pieces, decoded } of rows) {
      const encoding = tokenizer.encode(text);
      expect({ text, ids: [...encoding.ids], pieces: encoding.tokens }).toEqual({ text, ids, pieces });
      expect({ text, decoded: tokenizer.decode(ids) }).toEqual({ text, decoded });
    }
  });
});
