import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { shuffle } from './shuffle.ts';

const key = RandomKey.fromSeed(1);
const numbers = Array.from({ length: 1000 }, (_, index) => index);

describe('shuffle', () => {
  it.each([1, 10, 1000, 5000])('gives each item once, with a buffer of %i', async (bufferSize) => {
    const shuffled = await collect(shuffle(numbers, { bufferSize, key }));
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(numbers);
    expect(await collect(shuffle(numbers, { bufferSize, key }))).toEqual(shuffled);
    shuffled.forEach((number, index) => {
      expect(number).toBeLessThan(index + bufferSize);
    });
  });

  it('gives another order for another key', async () => {
    const orders = [key, RandomKey.fromSeed(2)].map((own) => collect(shuffle(numbers, { bufferSize: 100, key: own })));
    expect(await orders[0]).not.toEqual(await orders[1]);
    expect(await orders[0]).not.toEqual(numbers);
  });

  it('holds no more than its buffer', async () => {
    let numTaken = 0;
    const counted = function* (): Generator<number> {
      for (const number of numbers) {
        numTaken++;
        yield number;
      }
    };
    const items = shuffle(counted(), { bufferSize: 50, key });
    await items.next();
    expect(numTaken).toBe(51);
  });

  it('is uniform where everything fits into the buffer', async () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = (await collect(shuffle([0, 1, 2], { bufferSize: 3, key: RandomKey.fromSeed(seed) }))).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // Six orders of 1000 each, five standard deviations of 29.
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(145);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
