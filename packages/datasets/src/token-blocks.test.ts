import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import type { DataCursor, ExampleSource } from './example-source.ts';
import { randomWindows, sequentialBlocks, tokenBlocks } from './token-blocks.ts';

const ids = Uint16Array.from({ length: 103 }, (_, index) => index);
const key = RandomKey.fromSeed(1);

describe('tokenBlocks', () => {
  it('gives every block once per epoch, each epoch in another order', async () => {
    const source = tokenBlocks(ids, { blockLength: 10, key });
    const epochs = [await firstTokens(source, { position: 0 }, 10), await firstTokens(source, { position: 10 }, 10)];
    for (const epoch of epochs) {
      expect(epoch.toSorted((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    }
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('makes every token but the first a target once, with an overlap of one', async () => {
    const { examples } = await tokenBlocks(ids, { blockLength: 11, overlap: 1, key }).read({ position: 0 }, 10);
    const targets = examples.flatMap((block) => [...block.subarray(1)]).toSorted((a, b) => a - b);
    expect(targets).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it('goes on from a cursor that went through JSON', async () => {
    const source = tokenBlocks(ids, { blockLength: 10, key });
    const whole = await firstTokens(source, source.start, 37);
    let cursor = source.start;
    const parts: number[] = [];
    for (const count of [1, 8, 2, 26]) {
      const slice = await tokenBlocks(ids, { blockLength: 10, key }).read(cursor, count);
      parts.push(...slice.examples.map((block) => block[0] ?? -1));
      cursor = JSON.parse(JSON.stringify(slice.cursor)) as DataCursor;
    }
    expect(parts).toEqual(whole);
  });

  it('tells data, settings and keys apart', () => {
    const prints = [
      tokenBlocks(ids, { blockLength: 10, key }),
      tokenBlocks(ids.with(50, 7), { blockLength: 10, key }),
      tokenBlocks(ids, { blockLength: 11, key }),
      tokenBlocks(ids, { blockLength: 10, overlap: 1, key }),
      tokenBlocks(ids, { blockLength: 10, key: RandomKey.fromSeed(2) }),
      randomWindows(ids, { blockLength: 10, key }),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
    expect(tokenBlocks(ids.slice(), { blockLength: 10, key }).fingerprint).toBe(prints[0]);
  });

  it('refuses data that is shorter than a block, and cursors of other sources', async () => {
    expect(() => tokenBlocks(ids, { blockLength: 104, key })).toThrow(
      'DATA_INVALID: The data must hold at least 104 tokens, one whole block, got 103. Add text, or shorten the sequence length.',
    );
    await expect(
      Promise.resolve().then(() => tokenBlocks(ids, { blockLength: 10, key }).read({ line: 3 }, 1)),
    ).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
  });
});

describe('randomWindows', () => {
  it('draws windows from the first to the last possible position', async () => {
    const firsts = await firstTokens(randomWindows(ids, { blockLength: 100, key }), { position: 0 }, 200);
    expect(new Set(firsts)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('draws the same windows in any order of calls', async () => {
    const source = randomWindows(ids, { blockLength: 5, key });
    const later = await firstTokens(source, { position: 7 }, 3);
    expect((await firstTokens(source, { position: 0 }, 10)).slice(7)).toEqual(later);
  });
});

describe('sequentialBlocks', () => {
  it('covers every target once, the last block as short as need be', () => {
    const blocks = [...sequentialBlocks(ids, { blockLength: 11, overlap: 1 })];
    expect(blocks.map(({ length }) => length)).toEqual([...Array.from({ length: 10 }, () => 11), 3]);
    expect(blocks.flatMap((block) => [...block.subarray(1)])).toEqual([...ids.subarray(1)]);
  });

  it('leaves no block without a target', () => {
    const blocks = [...sequentialBlocks(ids.subarray(0, 21), { blockLength: 11, overlap: 1 })];
    expect(blocks.map(({ length }) => length)).toEqual([11, 11]);
  });
});

async function firstTokens(source: ExampleSource<Int32Array>, cursor: DataCursor, count: number): Promise<number[]> {
  const { examples } = await source.read(cursor, count);
  return examples.map((block) => block[0] ?? -1);
}
