import { describe, expect, it } from 'vitest';
import { ensembleLabels } from './soft-labels.ts';

const models = [[0.9, 0.1].map(Math.log), [0.4, 0.6].map(Math.log)];

describe('ensembleLabels', () => {
  it('is softmax of the weighted mean, softened', () => {
    // With weights 3 : 1 and temperature 2 the odds are 9^(3/8) * (2/3)^(1/8).
    const odds = 9 ** (3 / 8) * (2 / 3) ** (1 / 8);
    const [first = NaN, second = NaN] = ensembleLabels(models, { weights: [3, 1] });
    expect(first / second).toBeCloseTo(odds, 12);
    expect(first + second).toBeCloseTo(1, 12);
  });

  it('counts all models the same unless told otherwise', () => {
    const [first = NaN, second = NaN] = ensembleLabels(models, { temperature: 1 });
    expect(first / second).toBeCloseTo(Math.sqrt(9 * (2 / 3)), 12);
  });

  it('refuses models that do not fit together', () => {
    expect(() => ensembleLabels([])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: Models must tell the same number of labels, got no model. Give each model the same verbalizer labels.]`,
    );
    expect(() => ensembleLabels([[0, 0], [0]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: Models must tell the same number of labels, got 2, 1. Give each model the same verbalizer labels.]`,
    );
    expect(() => ensembleLabels(models, { weights: [1] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: Each of the 2 models must have a weight, got 1. Leave the weights out to count all models the same.]`,
    );
  });
});
