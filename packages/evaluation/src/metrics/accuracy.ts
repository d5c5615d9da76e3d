import { checkPaired } from './paired-lengths.ts';

/**
 * The share of predictions that equal their label.
 *
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function accuracy<Label>(predictions: readonly Label[], labels: readonly Label[]): number {
  checkPaired('accuracy', predictions, labels);
  return predictions.filter((prediction, index) => prediction === labels[index]).length / labels.length;
}
