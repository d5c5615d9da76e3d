import * as tf from '@tensorflow/tfjs';
import { ConfigError, type LossResult } from '@cloze/core';
import { accuracyOf } from './accuracy.ts';
import { crossEntropy, tokenCrossEntropy } from './cross-entropy.ts';
import { checkLabelSmoothing } from './label-smoothing.ts';

/** How much errors in each class cost. */
export interface ClassLossOptions {
  /**
   * The weight of each class, for classes of different size; PyTorch's `weight`. The loss is then the weighted mean over targets, and `numTargets` and
   * `accuracy` count each target with the weight of its class, so that micro-batches add up. Default: all 1.
   */
  readonly classWeights?: readonly number[] | undefined;
  /** How much of the probability is to be spread over all classes, in [0, 1); PyTorch's `label_smoothing`. Default: 0. */
  readonly labelSmoothing?: number | undefined;
}

/** The loss of scores [..., C] of classes against labels [...] int32, negative = not predicted. */
export type ClassLoss = (logits: tf.Tensor, labels: tf.Tensor) => LossResult;

/**
 * Cross entropy with class weights and label smoothing, as PyTorch's `cross_entropy` has them: `(1 - smoothing) * mean of w[label] * -log p(label) + smoothing / C
 * * mean of the sum over c of w[c] * -log p(c)`, where both means are over the sum of the labels' weights.
 *
 * The metrics are `accuracy` and, with smoothing, `negativeLogLikelihood`: the loss without it.
 *
 * @throws {ConfigError} when there is not one weight for each class, not all are at least 0, or the smoothing is not in [0, 1).
 */
export function classLoss(
  name: string,
  numLabels: number,
  { classWeights, labelSmoothing = 0 }: ClassLossOptions,
): ClassLoss {
  checkLabelSmoothing(name, labelSmoothing);
  if (classWeights === undefined && labelSmoothing === 0) return plainLoss;
  const weights = classWeights ?? new Array<number>(numLabels).fill(1);
  checkWeights(name, numLabels, weights);
  return (logits, labels) => weightedLoss(logits, labels, { weights, smoothing: labelSmoothing });
}

const plainLoss: ClassLoss = (logits, labels) => {
  const { loss, numTargets } = crossEntropy(logits, labels);
  return { loss, numTargets, metrics: { accuracy: accuracyOf(logits, labels, numTargets) } };
};

function weightedLoss(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { weights, smoothing }: { readonly weights: readonly number[]; readonly smoothing: number },
): LossResult {
  const flat = tf.reshape(logits, [-1, weights.length]); // [N, C]
  const flatLabels = tf.reshape(labels, [-1]); // [N]
  const ofClasses = tf.tensor1d([...weights]); // [C]
  // No class is negative, so that labels that do not count have no weight.
  const isLabel = tf.equal(tf.expandDims(flatLabels, 1), tf.range(0, weights.length, 1, 'int32')); // [N, C]
  const ofLabels = tf.sum(tf.mul(tf.cast(isLabel, 'float32'), ofClasses), 1); // [N]
  const numTargets: tf.Scalar = tf.sum(ofLabels);
  const mean = (values: tf.Tensor): tf.Scalar => tf.div(tf.sum(values), numTargets);

  const negativeLogLikelihood = mean(tf.mul(tokenCrossEntropy(flat, flatLabels), ofLabels));
  const isRight = tf.cast(tf.equal(tf.argMax(flat, 1), flatLabels), 'float32');
  const accuracy = mean(tf.mul(isRight, ofLabels));
  if (smoothing === 0) return { loss: negativeLogLikelihood, numTargets, metrics: { accuracy } };
  const isPredicted = tf.cast(tf.greaterEqual(flatLabels, 0), 'float32');
  const ofAll = tf.neg(tf.sum(tf.mul(tf.logSoftmax(flat), ofClasses), 1)); // [N]
  const spread = tf.mul(mean(tf.mul(ofAll, isPredicted)), smoothing / weights.length);
  const loss = tf.add<tf.Scalar>(tf.mul(negativeLogLikelihood, 1 - smoothing), spread);
  return { loss, numTargets, metrics: { accuracy, negativeLogLikelihood } };
}

function checkWeights(name: string, numLabels: number, weights: readonly number[]): void {
  const isWeight = (weight: number): boolean => Number.isFinite(weight) && weight >= 0;
  if (weights.length === numLabels && weights.every(isWeight) && weights.some((weight) => weight > 0)) return;
  throw new ConfigError({
    message: `${name}: classWeights must hold ${numLabels} numbers of at least 0, one for each class and not all 0, got [${weights.join(', ')}].`,
    hint: 'Usual is the number of examples divided by the number of classes and of examples of the class.',
  });
}
