import { describe, expect, it } from 'vitest';
import { mean, median, pairwiseRatios, spreadOf } from './statistics.ts';

describe('median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 9, 2])).toBe(5.5);
    expect(median([7])).toBe(7);
  });

  it('wants at least one value', () => {
    expect(() => median([])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: median: there must be at least one value. This is a bug in Cloze; please report it with this message.]`,
    );
  });
});

describe('mean', () => {
  it('is the sum over the number', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(() => mean([])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: mean: there must be at least one value. This is a bug in Cloze; please report it with this message.]`,
    );
  });
});

describe('spreadOf', () => {
  it('gives the middle and the ends', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  });
});

describe('pairwiseRatios', () => {
  it('divides round by round and leaves out rounds that one side lacks', () => {
    expect(pairwiseRatios([10, 30], [5, 10, 20])).toEqual([2, 3]);
    expect(pairwiseRatios([10, 30, 50], [5])).toEqual([2]);
  });
});
