import { describe, expect, it } from 'vitest';
import { packTokens } from './pack.ts';
import { streamBlocks } from './stream-blocks.ts';
import { sequentialBlocks } from './token-blocks.ts';

const encode = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0) - 97);
const texts = ['abcdefg', '', 'hij', 'k', 'lmnopqrstuvwxyz'];

describe('streamBlocks', () => {
  it.each([
    [8, 0],
    [5, 1],
    [3, 2],
  ])('cuts as packing and cutting does: blocks of %i that share %i', async (blockLength, overlap) => {
    const options = { encode, vocabSize: 27, separatorId: 26, blockLength, overlap };
    const blocks: Int32Array[] = [];
    for await (const block of streamBlocks(texts, options)) blocks.push(block);
    const whole = [...sequentialBlocks(await packTokens(texts, options), options)];
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks).toEqual(whole.filter(({ length }) => length === blockLength));
  });

  it('refuses ids outside of the vocabulary', async () => {
    const blocks = streamBlocks(['ab{'], { encode, vocabSize: 26, blockLength: 8 });
    await expect(blocks.next()).rejects.toThrow('DATA_INVALID: Token ids must lie in [0, 26), got 26.');
  });
});
