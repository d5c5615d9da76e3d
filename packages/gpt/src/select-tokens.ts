import * as tf from '@tensorflow/tfjs';

/**
 * The hidden state at one position of each sequence. A product and not a gather, so that its gradient is a product, too.
 *
 * @param hidden [B, T, D].
 * @param positions [B] int32, 0 ... T - 1.
 * @returns [B, D].
 */
export function selectTokens(hidden: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const [, length = 1] = hidden.shape;
  const isSelected = tf.expandDims(tf.cast(tf.oneHot(positions, length), 'float32'), 1); // [B, 1, T]
  return tf.squeeze(tf.matMul(isSelected, hidden), [1]);
}
