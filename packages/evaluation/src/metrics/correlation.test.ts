import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { pearsonCorrelation, spearmanCorrelation } from './correlation.ts';

const { labels, predictions, pearson, spearman } = referenceMetrics.correlation;

describe('pearsonCorrelation', () => {
  it('equals scipy', () => {
    expect(pearsonCorrelation(predictions, labels)).toBeCloseTo(pearson, 12);
  });

  it('is NaN where one side never varies', () => {
    expect(pearsonCorrelation([2, 2], [1, 3])).toBeNaN();
  });
});

describe('spearmanCorrelation', () => {
  it('equals scipy with ties', () => {
    expect(new Set(predictions).size).toBeLessThan(predictions.length);
    expect(spearmanCorrelation(predictions, labels)).toBeCloseTo(spearman, 12);
  });

  it('knows order only', () => {
    expect(spearmanCorrelation([1, 10, 100, 1000], [1, 2, 3, 4])).toBeCloseTo(1, 12);
  });
});
