import { describe, expect, it } from 'vitest';
import { splitAtWords, splitDocuments } from './documents.ts';
import { packTokens } from './pack.ts';
import { splitTokens } from './split.ts';

const encode = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0) - 97);

describe('packTokens', () => {
  it('puts texts one after the other, in 16 bits where they suffice', async () => {
    const ids = await packTokens(['abc', 'b'], { encode, vocabSize: 27, separatorId: 26 });
    expect(ids).toEqual(Uint16Array.of(0, 1, 2, 26, 1, 26));
    expect(await packTokens(['ab'], { encode, vocabSize: 65_537 })).toEqual(Int32Array.of(0, 1));
  });

  it('grows with the text', async () => {
    const ids = await packTokens(
      Array.from({ length: 300 }, () => 'abcd'.repeat(300)),
      { encode, vocabSize: 26 },
    );
    expect(ids.length).toBe(360_000);
    expect(ids.at(-1)).toBe(3);
  });

  it('refuses nothing at all and ids outside of the vocabulary', async () => {
    await expect(packTokens([], { encode, vocabSize: 26 })).rejects.toThrow(
      'DATA_INVALID: The data must hold at least one token, got none. Check that the files hold text.',
    );
    await expect(packTokens(['ab{'], { encode, vocabSize: 26 })).rejects.toThrow(
      'DATA_INVALID: Token ids must lie in [0, 26), got 26. Use the tokenizer that belongs to the model.',
    );
  });
});

describe('splitTokens', () => {
  it('takes the last tenth as nanoGPT does', () => {
    // The length of Tiny Shakespeare in characters and nanoGPT's split of it.
    const { training, validation } = splitTokens(new Uint16Array(1_115_394), 0.1);
    expect([training.length, validation.length]).toEqual([1_003_854, 111_540]);
  });

  it('refuses fractions out of range', () => {
    expect(() => splitTokens(new Uint16Array(10), 1)).toThrow(
      'CONFIG_INVALID: splitTokens: validationFraction must be in [0, 1), got 1. Use for example 0.1.',
    );
  });
});

describe('documents', () => {
  it('are cut at separators, across pieces, without empty ones', async () => {
    const documents = await collect(splitDocuments(['one\n', '\ntwo\nlines\n\n\n', '\nthree'], '\n\n'));
    expect(documents).toEqual(['one', 'two\nlines', 'three']);
  });

  it('are cut for the tokenizer where white space follows something else', async () => {
    const pieces = ['to be or not', ' to be\n\n', 'that', ' is  ', ' it'];
    const cut = await collect(splitAtWords(pieces));
    expect(cut.join('')).toBe(pieces.join(''));
    for (const piece of cut.slice(1)) expect(piece).toMatch(/^\s/);
    for (const piece of cut.slice(0, -1)) expect(piece).toMatch(/\S$/);
  });
});

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
