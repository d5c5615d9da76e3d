import { ShapeError } from '@cloze/core';

/**
 * Checks that there is one prediction per label.
 *
 * @throws {ShapeError} when the lengths differ or there is nothing to compare.
 */
export function checkPaired(metric: string, predictions: ArrayLike<unknown>, labels: ArrayLike<unknown>): void {
  if (predictions.length === labels.length && labels.length > 0) return;
  throw new ShapeError({
    message: `${metric}: there must be one prediction per label and at least one, got ${predictions.length} and ${labels.length}.`,
    hint: 'Pass both in the same order.',
  });
}
