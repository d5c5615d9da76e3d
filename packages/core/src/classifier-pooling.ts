import * as tf from '@tensorflow/tfjs';

/** What a classifier takes for a whole sequence: the state of one token, which one is the family's choice, or the mean of all. */
export type ClassifierPooling = 'token' | 'mean';

/**
 * The mean of the states of each sequence's tokens, without padding. A product and not a sum, so that its gradient is a product, too.
 *
 * @param states [B, T, D].
 * @param mask [B, T], 1 = token, 0 = padding; at least one token in each row.
 * @returns [B, D].
 */
export function meanOfTokens(states: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const isToken = tf.cast(mask, 'float32');
  const weights = tf.div(isToken, tf.sum(isToken, 1, true)); // [B, T]
  return tf.squeeze(tf.matMul(tf.expandDims(weights, 1), states), [1]);
}
