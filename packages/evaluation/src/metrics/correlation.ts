import { checkPaired } from './paired-lengths.ts';

/**
 * Pearson's correlation coefficient, in [-1, 1]; NaN where one side never varies.
 *
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function pearsonCorrelation(predictions: readonly number[], labels: readonly number[]): number {
  checkPaired('pearsonCorrelation', predictions, labels);
  const a = centered(predictions);
  const b = centered(labels);
  const correlation = innerProduct(a, b) / Math.sqrt(innerProduct(a, a) * innerProduct(b, b));
  return Math.max(-1, Math.min(1, correlation));
}

/**
 * Spearman's rank correlation coefficient: Pearson's of the ranks. Equal values share the mean of their ranks.
 *
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function spearmanCorrelation(predictions: readonly number[], labels: readonly number[]): number {
  checkPaired('spearmanCorrelation', predictions, labels);
  return pearsonCorrelation(ranksOf(predictions), ranksOf(labels));
}

function centered(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function innerProduct(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function ranksOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const firstRank = new Map<number, number>();
  const numEqual = new Map<number, number>();
  sorted.forEach((value, rank) => {
    if (!firstRank.has(value)) firstRank.set(value, rank);
    numEqual.set(value, (numEqual.get(value) ?? 0) + 1);
  });
  return values.map((value) => (firstRank.get(value) ?? 0) + ((numEqual.get(value) ?? 1) - 1) / 2);
}
