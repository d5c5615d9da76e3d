import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Encoding } from './encoding.ts';
import { TokenizerError } from './errors.ts';
import { Tokenizer } from './tokenizer.ts';

/** Columns of an encoding, or how the reference failed: a panic leaves open what is right. */
type Answer = Columns | 'error' | 'panic';

interface Columns {
  ids: number[];
  tokens: readonly string[];
  offsets: [number, number][];
  typeIds: number[];
  attentionMask: number[];
  specialTokensMask: number[];
  wordIds: number[];
  overflowing: Columns[];
}

interface Case {
  tokenizer: unknown;
  rows: {
    text: string;
    pair?: string;
    addSpecialTokens: boolean;
    encoding: Answer;
    decoded?: string;
    decodedWithSpecial?: string;
  }[];
}

function columnsOf(encoding: Encoding): Columns {
  return {
    ids: [...encoding.ids],
    tokens: encoding.tokens,
    offsets: encoding.codePointOffsets,
    typeIds: [...encoding.typeIds],
    attentionMask: [...encoding.attentionMask],
    specialTokensMask: [...encoding.specialTokensMask],
    wordIds: [...encoding.wordIds],
    // The reference gives overflow no type ids of the template.
    overflowing: encoding.overflowing.map((part) => ({ ...columnsOf(part), typeIds: [], overflowing: [] })),
  };
}

function attempt<T>(run: () => T): T | 'error' {
  try {
    return run();
  } catch (error) {
    if (error instanceof TokenizerError) return 'error';
    throw error;
  }
}

const file = process.env['CLOZE_DIFFERENTIAL'] ?? join(import.meta.dirname, 'fixtures', 'differential.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

describe('random tokenizers of every component type against huggingface/tokenizers', () => {
  it.each(cases.map((entry, index) => [index, entry] as const))('tokenizer %i', (_, { tokenizer: json, rows }) => {
    const tokenizer = Tokenizer.fromJson(JSON.stringify(json));
    for (const { text, pair, addSpecialTokens, encoding: expected, decoded, decodedWithSpecial } of rows) {
      const options = { ...(pair === undefined ? {} : { pair }), addSpecialTokens };
      const encoding = attempt(() => columnsOf(tokenizer.encode(text, options)));
      if (expected === 'panic') continue;
      expect({ text, pair, encoding }).toEqual({ text, pair, encoding: expected });
      if (expected === 'error') continue;
      expect([...tokenizer.encodeToIds(text, options)]).toEqual(expected.ids);
      const decode = (skipSpecialTokens: boolean): string => tokenizer.decode(expected.ids, { skipSpecialTokens });
      if (decoded !== 'panic') expect(decode(true)).toBe(decoded);
      if (decodedWithSpecial !== 'panic') expect(decode(false)).toBe(decodedWithSpecial);
    }
  });
});
