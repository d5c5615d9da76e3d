import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { accuracy } from './accuracy.ts';
import { matthewsCorrelation } from './matthews-correlation.ts';
import { averagedF1, binaryF1, type PrecisionRecallF1 } from './precision-recall-f1.ts';

const { labels, predictions, ...expected } = referenceMetrics.classification;

function triple({ precision, recall, f1 }: PrecisionRecallF1): number[] {
  return [precision, recall, f1];
}

describe('accuracy', () => {
  it('equals scikit-learn', () => {
    expect(accuracy(predictions, labels)).toBeCloseTo(expected.accuracy, 12);
  });

  it('says what must hold of lengths', () => {
    expect(() => accuracy([1], [])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: accuracy: there must be one prediction per label and at least one, got 1 and 0. Pass both in the same order.]`,
    );
  });
});

describe('averagedF1', () => {
  it.each(['micro', 'macro', 'weighted'] as const)('equals scikit-learn: %s', (average) => {
    const scores = averagedF1(predictions, labels, average);
    expect(triple(scores)).toEqual(expected[average].map((value) => expect.closeTo(value, 12) as number));
    expect(scores.support).toBe(60);
  });
});

describe('binaryF1', () => {
  it('equals scikit-learn for each class, also one that is only predicted', () => {
    expected.classes.forEach((scores, label) => {
      expect(triple(binaryF1(predictions, labels, label))).toEqual(
        scores.map((value) => expect.closeTo(value, 12) as number),
      );
    });
  });

  it('is 0 for a class that is nowhere', () => {
    expect(binaryF1(predictions, labels, 9)).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  });
});

describe('matthewsCorrelation', () => {
  it('equals scikit-learn for two and for more classes', () => {
    expect(matthewsCorrelation(predictions, labels)).toBeCloseTo(expected.matthews, 12);
    const isHigh = (value: number): boolean => value > 1;
    expect(matthewsCorrelation(predictions.map(isHigh), labels.map(isHigh))).toBeCloseTo(expected.binaryMatthews, 12);
  });

  it('is 0 where one side never varies, and 1 or -1 for perfect and inverted predictions', () => {
    expect(matthewsCorrelation([1, 1, 1], [0, 1, 0])).toBe(0);
    expect(matthewsCorrelation([0, 1, 0], [0, 1, 0])).toBeCloseTo(1, 12);
    expect(matthewsCorrelation([1, 0, 1], [0, 1, 0])).toBeCloseTo(-1, 12);
  });
});
