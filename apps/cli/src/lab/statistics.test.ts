import { describe, expect, it } from 'vitest';
import { summarize } from './statistics.ts';

describe('summarize', () => {
  it('gives the interval of a t test', () => {
    // 2.333333 -+ 4.302653 x 1.527525 / sqrt(3), with the quantile for two degrees of freedom.
    const { mean, halfWidth } = summarize([1, 2, 4]);
    expect(mean).toBeCloseTo(2.333333, 5);
    expect(mean - halfWidth).toBeCloseTo(-1.46125, 3);
  });

  it('has no width where all values agree', () => {
    expect(summarize([3, 3, 3])).toEqual({ values: [3, 3, 3], mean: 3, halfWidth: 0 });
  });
});
