import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { independentMask, prefixMask, randomSpansMask, regularMask, type NoiseMask } from './noise-masks.ts';

const keys = RandomKey.fromSeed(1).split(2000);
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const numSpans = (mask: NoiseMask): number => mask.filter((bit, index) => bit === 1 && mask[index - 1] !== 1).length;
const show = (mask: NoiseMask): string => [...mask].join('');

describe('randomSpansMask', () => {
  it('makes 85 tokens in 28 spans out of 568, from a kept token to noise', () => {
    for (const key of keys.slice(0, 100)) {
      const mask = randomSpansMask(568, key);
      expect([sum(mask), numSpans(mask), mask[0], mask.at(-1)]).toEqual([85, 28, 0, 1]);
    }
  });

  it('rounds half to even and always leaves both kinds', () => {
    const counts = (length: number, noiseDensity: number, meanSpanLength: number): number[] => {
      const mask = randomSpansMask(length, RandomKey.fromSeed(1), { noiseDensity, meanSpanLength });
      return [sum(mask), numSpans(mask)];
    };
    expect(counts(30, 0.15, 3)).toEqual([4, 1]);
    expect(counts(10, 0.15, 1)).toEqual([2, 2]);
    expect(counts(100, 0.15, 2)).toEqual([15, 8]);
    expect(counts(100, 0.25, 10)).toEqual([25, 2]);
    expect(counts(2, 0.01, 3)).toEqual([1, 1]);
    expect(counts(4, 1, 1)).toEqual([3, 1]);
    expect(counts(1, 0.15, 3)).toEqual([0, 0]);
    expect(counts(0, 0.15, 3)).toEqual([0, 0]);
  });

  it('makes all masks of these numbers equally likely', () => {
    // 9 tokens, 4 of noise in 2 spans: kept 5 = 1 + 4, ..., 4 + 1 and noise 4 = 1 + 3, 2 + 2, 3 + 1.
    const counts = new Map<string, number>();
    for (const key of keys) {
      const mask = show(randomSpansMask(9, key, { noiseDensity: 0.45, meanSpanLength: 2 }));
      counts.set(mask, (counts.get(mask) ?? 0) + 1);
    }
    const expected = keys.length / 12;
    const chiSquare = sum([...counts.values()].map((count) => (count - expected) ** 2 / expected));
    expect(counts.size).toBe(12);
    expect(chiSquare).toBeLessThan(31.26); // 11 degrees of freedom: one in a thousand
  });

  it('covers places alike when it is rolled', () => {
    const rate = (place: number): number =>
      sum(keys.map((key) => randomSpansMask(20, key, { isRolled: true })[place] ?? 0)) / keys.length;
    for (const place of [0, 7, 19]) expect(rate(place)).toBeCloseTo(0.15, 1);
  });

  it('refuses densities that are no share', () => {
    const key = RandomKey.fromSeed(1);
    expect(() => randomSpansMask(9, key, { noiseDensity: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: noiseDensity must be in (0, 1], got 0. T5 has 0.15.]`,
    );
    expect(() => independentMask(9, key, { noiseDensity: 15 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: noiseDensity must be in (0, 1], got 15. T5 has 0.15.]`,
    );
    expect(() => regularMask(9, key, { noiseDensity: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: noiseDensity must be in (0, 1], got NaN. T5 has 0.15.]`,
    );
  });
});

describe('independentMask', () => {
  it('draws each token with the same probability', () => {
    const mask = independentMask(100_000, RandomKey.fromSeed(1));
    expect(sum(mask) / mask.length).toBeCloseTo(0.15, 2);
    expect(independentMask(50, RandomKey.fromSeed(1), { noiseDensity: 1 })).toEqual(new Uint8Array(50).fill(1));
  });
});

describe('regularMask', () => {
  it('repeats a span at equal distances, from an offset of its own', () => {
    for (const key of keys.slice(0, 20)) {
      const mask = regularMask(200, key, { noiseDensity: 0.25, minSpanLength: 2, maxSpanLength: 2 });
      expect(show(mask).slice(8)).toBe(show(mask).slice(0, -8));
      expect(sum(mask)).toBe(50);
    }
    const lengths = keys.map((key) => sum(regularMask(100, key, { noiseDensity: 0.05 }).subarray(0, 20)));
    expect(new Set(lengths).size).toBeGreaterThan(3);
  });
});

describe('prefixMask', () => {
  it('takes from one token to all but one, each number alike', () => {
    const counts = new Array<number>(6).fill(0);
    for (const key of keys) {
      const mask = prefixMask(5, key);
      expect(show(mask)).toMatch(/^1+0+$/);
      counts[sum(mask)] = (counts[sum(mask)] ?? 0) + 1;
    }
    for (const count of counts.slice(1, 5)) expect(Math.abs(count - 500)).toBeLessThan(75);
    expect(prefixMask(1, RandomKey.fromSeed(1))).toEqual(Uint8Array.of(0));
  });
});
