import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { wilsonInterval } from './confidence-interval.ts';

describe('wilsonInterval', () => {
  it('equals scipy', () => {
    for (const { numSuccesses, total, confidence, interval } of referenceMetrics.wilson) {
      const { low, high } = wilsonInterval(numSuccesses, total, confidence);
      expect(low).toBeCloseTo(interval[0], 10);
      expect(high).toBeCloseTo(interval[1], 10);
    }
  });

  it('knows nothing without examples', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
