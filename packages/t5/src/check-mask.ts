import type * as tf from '@tensorflow/tfjs';
import { ShapeError } from '@cloze/core';

/**
 * Refuses an attention mask that does not have a column per token.
 *
 * @throws {ShapeError} naming the mask.
 */
export function checkMask(name: string, mask: tf.Tensor | undefined, numColumns: number): void {
  if (mask === undefined || mask.shape[1] === numColumns) return;
  throw new ShapeError({
    message: `T5: ${name} must have ${numColumns} columns, got [${mask.shape.join(', ')}].`,
    hint: 'Give one column per token, and one per slot of the cache before them.',
  });
}
