import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval, pairedBootstrap } from './bootstrap.ts';
import { wilsonInterval } from './confidence-interval.ts';

const key = RandomKey.fromSeed(3);

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('bootstrapInterval', () => {
  const examples = Array.from({ length: 400 }, (_, index) => Number(index % 4 === 0));

  it('agrees with the interval of a share where that is known', () => {
    const { low, high } = bootstrapInterval(examples, mean, { key });
    const wilson = wilsonInterval(100, 400);
    expect(low).toBeCloseTo(wilson.low, 1.8);
    expect(high).toBeCloseTo(wilson.high, 1.8);
  });

  it('is a function of its key, and wider for more confidence', () => {
    const interval = bootstrapInterval(examples, mean, { key, numSamples: 200 });
    expect(bootstrapInterval(examples, mean, { key, numSamples: 200 })).toEqual(interval);
    const other = bootstrapInterval(examples, mean, { key: RandomKey.fromSeed(4), numSamples: 200 });
    expect(other).not.toEqual(interval);
    const sure = bootstrapInterval(examples, mean, { key, numSamples: 200, confidence: 0.99 });
    expect(sure.high - sure.low).toBeGreaterThan(interval.high - interval.low);
  });

  it('interpolates between values', () => {
    let next = 0;
    const { low, high } = bootstrapInterval([0], () => next++, { key, numSamples: 101, confidence: 0.9 });
    expect(low).toBeCloseTo(5, 10);
    expect(high).toBeCloseTo(95, 10);
  });

  it('needs examples', () => {
    expect(() => bootstrapInterval([], () => 0, { key })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: The bootstrap must have at least one example, got none. Pass examples.]`,
    );
  });
});

describe('pairedBootstrap', () => {
  const first = Array.from({ length: 100 }, (_, index) => index % 10);

  it('sees a small difference that is always there', () => {
    const second = first.map((value) => value - 0.1);
    const { difference, interval, pValue } = pairedBootstrap(first, second, mean, { key });
    expect(difference).toBeCloseTo(0.1, 10);
    expect(interval.low).toBeCloseTo(0.1, 10);
    expect(interval.high).toBeCloseTo(0.1, 10);
    expect(pValue).toBe(1 / 1001);
  });

  it('sees none where there is only noise', () => {
    const second = first.map((value, index) => value + (index % 2 === 0 ? 3 : -3) + 0.01);
    const { interval, pValue } = pairedBootstrap(first, second, mean, { key });
    expect(interval.low).toBeLessThan(0);
    expect(interval.high).toBeGreaterThan(0);
    expect(pValue).toBeGreaterThan(0.1);
  });
});
