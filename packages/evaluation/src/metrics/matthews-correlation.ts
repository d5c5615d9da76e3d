import { checkPaired } from './paired-lengths.ts';

/**
 * The correlation between predicted and true classes, of any number, in [-1, 1]; 0 where one of them never varies, as in scikit-learn.
 *
 * @see Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient", equation 8.
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function matthewsCorrelation<Label>(predictions: readonly Label[], labels: readonly Label[]): number {
  checkPaired('matthewsCorrelation', predictions, labels);
  const predicted = countsOf(predictions);
  const actual = countsOf(labels);
  const total = labels.length;
  const numCorrect = predictions.filter((prediction, index) => prediction === labels[index]).length;
  const covariance = (a: ReadonlyMap<Label, number>, b: ReadonlyMap<Label, number>, agreement: number): number =>
    agreement * total - [...a].reduce((sum, [name, count]) => sum + count * (b.get(name) ?? 0), 0);
  const variances = covariance(predicted, predicted, total) * covariance(actual, actual, total);
  return variances === 0 ? 0 : covariance(predicted, actual, numCorrect) / Math.sqrt(variances);
}

function countsOf<Label>(values: readonly Label[]): Map<Label, number> {
  const counts = new Map<Label, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
