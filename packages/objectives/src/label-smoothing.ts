import * as tf from '@tensorflow/tfjs';
import { ConfigError } from '@cloze/core';
import { crossEntropy } from './cross-entropy.ts';

/**
 * Cross entropy with label smoothing: the mean over targets of `(1 - smoothing) * -log p(label) + smoothing * mean over v of -log p(v)`.
 *
 * fairseq spreads the same share over the V - 1 other tokens; this is PyTorch's form, and the paper's.
 *
 * @param logits [..., V], unnormalised log probabilities.
 * @param labels [...] int32, 0 ... V - 1, or negative where nothing is to be predicted.
 * @param smoothing in [0, 1).
 * @returns all in nats per target: the loss, and what it is without smoothing. Scalars.
 * @see Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision", section 7. <https://arxiv.org/abs/1512.00567>
 */
export function smoothedCrossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  smoothing: number,
): { loss: tf.Scalar; negativeLogLikelihood: tf.Scalar; numTargets: tf.Scalar } {
  const { loss: negativeLogLikelihood, numTargets } = crossEntropy(logits, labels);
  const isPredicted = tf.cast(tf.greaterEqual(labels, 0), 'float32');
  const ofAll = tf.neg(tf.mean(tf.logSoftmax(logits), -1)); // [...]
  const uniform = tf.div(tf.sum(tf.mul(ofAll, isPredicted)), numTargets);
  const loss = tf.add<tf.Scalar>(tf.mul(negativeLogLikelihood, 1 - smoothing), tf.mul(uniform, smoothing));
  return { loss, negativeLogLikelihood, numTargets };
}

/** @throws {ConfigError} when the smoothing is not in [0, 1). */
export function checkLabelSmoothing(name: string, smoothing: number): void {
  if (smoothing >= 0 && smoothing < 1) return;
  throw new ConfigError({
    message: `${name}: labelSmoothing must be in [0, 1), got ${smoothing}.`,
    hint: 'Usual are 0 and 0.1.',
  });
}
