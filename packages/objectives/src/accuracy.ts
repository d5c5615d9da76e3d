import * as tf from '@tensorflow/tfjs';

/**
 * The share of labels that have the highest score.
 *
 * @param logits [..., V].
 * @param labels [...] int32; negative = does not count.
 * @param numTargets how many labels count.
 */
export function accuracyOf(logits: tf.Tensor, labels: tf.Tensor, numTargets: tf.Scalar): tf.Scalar {
  // No class is negative, so labels that do not count are never right.
  const isRight = tf.equal(tf.argMax(logits, -1), labels);
  return tf.div(tf.sum(tf.cast(isRight, 'float32')), numTargets);
}
