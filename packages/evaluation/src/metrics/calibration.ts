import { ShapeError } from '@cloze/core';
import { checkPaired } from './paired-lengths.ts';

/**
 * How far a model's confidence is from how often it is right: the mean over bins of equal width of |accuracy - mean confidence|, weighted by how many
 * predictions a bin holds. A bin holds its upper end and not its lower one.
 *
 * @param confidences the probability of each prediction, 0 ... 1.
 * @param isCorrect whether it was right.
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3.
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  isCorrect: readonly boolean[],
  { numBins = 15 }: { readonly numBins?: number } = {},
): number {
  checkPaired('expectedCalibrationError', confidences, isCorrect);
  // |accuracy - confidence| * size of a bin is the magnitude of the sum of their differences.
  const excess = new Float64Array(numBins);
  confidences.forEach((confidence, index) => {
    const bin = Math.min(numBins, Math.max(1, Math.ceil(confidence * numBins))) - 1;
    excess[bin] = (excess[bin] ?? 0) + confidence - Number(isCorrect[index]);
  });
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / confidences.length;
}

/**
 * The mean squared distance of predicted distributions to what happened, 0 ... 2: summed over classes, as Brier defined it. scikit-learn halves it
 * for two classes.
 *
 * @param probabilities for each example, of each class.
 * @param labels the index of the right class.
 * @see Brier 1950, "Verification of forecasts expressed in terms of probability".
 * @throws {ShapeError} when the lengths differ or are 0, or a label is no class.
 */
export function brierScore(probabilities: readonly (readonly number[])[], labels: readonly number[]): number {
  checkPaired('brierScore', probabilities, labels);
  const total = probabilities.reduce((sum, distribution, row) => {
    const label = labels[row] ?? -1;
    if (!(label in distribution))
      throw new ShapeError({
        message: `brierScore: labels must be classes from 0 to ${distribution.length - 1}, got ${label}.`,
        hint: 'Give each class a probability.',
      });
    return sum + distribution.reduce((rest, value, index) => rest + (value - Number(index === label)) ** 2, 0);
  }, 0);
  return total / labels.length;
}
