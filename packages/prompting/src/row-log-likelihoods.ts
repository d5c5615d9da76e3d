import { IGNORED_LABEL, tokenCrossEntropy } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';

/**
 * How likely the labels of each row are together.
 *
 * @param logits [B, T, V].
 * @param labels [B, T] int32; negative = not scored.
 * @returns [B, 1], log p in nats.
 */
export function rowLogLikelihoods(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const losses = tokenCrossEntropy(tf.reshape(logits, [-1, logits.shape.at(-1) ?? 1]), tf.reshape(labels, [-1]));
  return tf.neg(tf.sum(tf.reshape(losses, labels.shape), 1, true));
}

/** Labels for the last ids of a row: nothing is predicted before. */
export function labelsAfter(numBefore: number, ids: readonly number[]): number[] {
  return [...new Array<number>(numBefore).fill(IGNORED_LABEL), ...ids];
}
