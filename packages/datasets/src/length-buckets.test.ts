import { RandomKey } from '@cloze/core';
import { fc, it as forAll } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { DataCursor } from './example-source.ts';
import { bucketLengths, lengthBuckets } from './length-buckets.ts';
import { listSource } from './list-source.ts';

const key = RandomKey.fromSeed(1);
/** Lengths that sentences have: most are short, few are long. */
const lengths = Array.from({ length: 2000 }, (_, index) => {
  const [a = 0, b = 0] = key.fold('length').fold(index).uniform(2);
  return 4 + Math.floor(60 * a * b);
});

describe('lengthBuckets', () => {
  const options = { lengthOf: (length: number) => length, batchSize: 16, numBatches: 25, key };

  it('gives each example once, those of a batch alike', async () => {
    const plain = listSource(lengths, { key });
    const source = lengthBuckets(plain, options);
    const { examples } = await source.read(source.start, 2000);
    expect(examples.toSorted()).toEqual(lengths.toSorted());
    expect(paddingOf(examples, 16)).toBeLessThan(0.06);
    expect(paddingOf((await plain.read(plain.start, 2000)).examples, 16)).toBeGreaterThan(0.5);
  });

  it('shuffles the batches', async () => {
    const source = lengthBuckets(listSource(lengths, { key }), options);
    const longest = batchesOf((await source.read(source.start, 400)).examples, 16).map((batch) => Math.max(...batch));
    expect(longest).not.toEqual(longest.toSorted((a, b) => a - b));
    expect(longest).not.toEqual(longest.toSorted((a, b) => b - a));
  });

  it('goes on from a cursor that went through JSON, wherever it was cut', async () => {
    const open = () => lengthBuckets(listSource(lengths, { key }), options);
    const source = open();
    const whole = (await source.read(source.start, 2400)).examples;
    let cursor = source.start;
    const parts: number[] = [];
    for (const count of [1, 399, 400, 0, 7, 1593]) {
      const slice = await open().read(JSON.parse(JSON.stringify(cursor)) as DataCursor, count);
      parts.push(...slice.examples);
      cursor = slice.cursor;
    }
    expect(parts).toEqual(whole);
    expect(cursor).toEqual({ epoch: 1, position: 400, inPool: 0 });
  });

  it('refuses the cursor of another source', async () => {
    const source = lengthBuckets(listSource(lengths, { key }), options);
    await expect(source.read({ epoch: 0, position: 0 }, 1)).rejects.toThrow(
      'CHECKPOINT_MISMATCH: The data cursor must hold a position in a pool of 400 examples, got {"epoch":0,"position":0}. Resume with the kind of data source that the run was started with.',
    );
    const other = lengthBuckets(listSource(lengths, { key }), { ...options, batchSize: 8 });
    expect(other.fingerprint).not.toBe(source.fingerprint);
  });
});

describe('bucketLengths', () => {
  forAll.prop([
    fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 1, max: 4 }),
  ])('wastes the least', (sample, count) => {
    const chosen = bucketLengths(sample, count);
    expect(chosen.length).toBe(Math.min(count, new Set(sample).size));
    expect(paddedTo(sample, chosen)).toBe(
      Math.min(...choices(sample, chosen.length).map((own) => paddedTo(sample, own))),
    );
  });

  it('refuses nothing', () => {
    expect(() => bucketLengths([], 3)).toThrow(
      'CONFIG_INVALID: bucketLengths: there must be examples and a positive count, got 0 and 3. Give it the lengths of the training examples, and for example 6.',
    );
    expect(() => bucketLengths([1], 0)).toThrow('got 1 and 0');
  });
});

/** The part of all positions that are padding when each batch is padded to its longest. */
function paddingOf(examples: readonly number[], batchSize: number): number {
  const total = examples.reduce((sum, length) => sum + length, 0);
  const padded = batchesOf(examples, batchSize).reduce((sum, batch) => sum + Math.max(...batch) * batch.length, 0);
  return 1 - total / padded;
}

function batchesOf(examples: readonly number[], batchSize: number): number[][] {
  return Array.from({ length: Math.ceil(examples.length / batchSize) }, (_, batch) =>
    examples.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}

function paddedTo(sample: readonly number[], chosen: readonly number[]): number {
  return sample.reduce((sum, length) => sum + (chosen.find((own) => own >= length) ?? Infinity), 0);
}

/** All ways to choose so many of the lengths. */
function choices(sample: readonly number[], count: number): number[][] {
  const distinct = [...new Set(sample)].sort((a, b) => a - b);
  return distinct
    .reduce<number[][]>((sets, length) => [...sets, ...sets.map((set) => [...set, length])], [[]])
    .filter((set) => set.length === count);
}
