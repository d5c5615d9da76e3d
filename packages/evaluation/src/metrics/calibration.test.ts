import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { brierScore, expectedCalibrationError } from './calibration.ts';

const { probabilities, labels, brier, calibrationError10 } = referenceMetrics.calibration;

describe('expectedCalibrationError', () => {
  it('equals the sum over bins', () => {
    const confidences = probabilities.map((row) => Math.max(...row));
    const isCorrect = probabilities.map((row, index) => row.indexOf(Math.max(...row)) === labels[index]);
    expect(expectedCalibrationError(confidences, isCorrect, { numBins: 10 })).toBeCloseTo(calibrationError10, 12);
  });

  it("puts a bin's upper end into it, and 0 into the first", () => {
    expect(expectedCalibrationError([0.5, 0.4], [true, false], { numBins: 2 })).toBeCloseTo(0.05, 12);
    expect(expectedCalibrationError([0, 1], [false, true])).toBe(0);
  });
});

describe('brierScore', () => {
  it('equals scikit-learn', () => {
    expect(brierScore(probabilities, labels)).toBeCloseTo(brier, 12);
  });

  it('refuses a label that is no class', () => {
    expect(() => brierScore([[0.5, 0.5]], [2])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: brierScore: labels must be classes from 0 to 1, got 2. Give each class a probability.]`,
    );
  });
});
