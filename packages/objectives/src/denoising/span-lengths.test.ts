import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { poissonSpanLengths } from './span-lengths.ts';

describe('poissonSpanLengths', () => {
  it('draws from the Poisson distribution', () => {
    const lengths = poissonSpanLengths(3)(60_000, RandomKey.fromSeed(6)).slice(0, -1); // The last one is cut.
    const share = (k: number): number => lengths.filter((length) => length === k).length / lengths.length;
    let probability = Math.exp(-3);
    for (let k = 0; k < 10; k++) {
      const deviation = Math.sqrt((probability * (1 - probability)) / lengths.length);
      expect(Math.abs(share(k) - probability), `k = ${k}`).toBeLessThan(4 * deviation);
      probability *= 3 / (k + 1);
    }
  });

  it('cuts the last one so that all sum up to the budget', () => {
    for (const [budget, key] of RandomKey.fromSeed(7).split(50).entries()) {
      const lengths = poissonSpanLengths(3)(budget, key);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(budget);
      expect(lengths.at(-1)).not.toBe(0);
    }
  });

  it.each([0.1, 3, 64])('has the mean %d', (mean) => {
    const lengths = poissonSpanLengths(mean)(20_000, RandomKey.fromSeed(8));
    expect(20_000 / lengths.length / mean).toBeCloseTo(1, 1);
  });
});
