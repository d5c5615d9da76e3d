import * as tf from '@tensorflow/tfjs';
import { randomUniform, shapeOf, tensorAt, type RandomKey, type VocabularyScores } from '@cloze/core';
import { crossEntropy, IGNORED_LABEL } from './cross-entropy.ts';

/** What {@link sampledCrossEntropy} compares labels with. */
export interface SampledCrossEntropyInputs {
  /** [N, D]. */
  readonly hidden: tf.Tensor;
  /** [N] int32; negative = not predicted. */
  readonly labels: tf.Tensor;
  readonly softmax: VocabularyScores;
  /** Ids are ordered by frequency, the most frequent first. */
  readonly vocabSize: number;
  readonly numSamples: number;
  readonly key: RandomKey;
}

/** Enough to make a word impossible, and finite, so that nothing is multiplied by infinity. */
const IMPOSSIBLE = -1e9;

/**
 * Cross entropy of each label against random words instead of the whole vocabulary, the same ones for all labels: the sum over the vocabulary is guessed
 * from them by importance sampling, so that the more there are, the closer it comes to the full loss. It is good to train by, not to report: the
 * logarithm of a guess is too small on average.
 *
 * Words are drawn with repetition from the log-uniform distribution, which is close to the frequencies of words. TensorFlow's `sampled_softmax_loss`, which
 * bilm-tf uses, draws without repetition, and lowers the score of the label, too, by the logarithm of how often it is expected among the samples.
 *
 * @returns loss in nats per target, and the number of targets. Scalars.
 * @see Jean et al. 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation", section 3. <https://arxiv.org/abs/1412.2007>
 */
export function sampledCrossEntropy({
  hidden,
  labels,
  softmax,
  vocabSize,
  numSamples,
  key,
}: SampledCrossEntropyInputs): { loss: tf.Scalar; numTargets: tf.Scalar } {
  const [numLabels] = shapeOf(labels, 1, 'sampledCrossEntropy: labels');
  const samples = logUniformIds(key, numSamples, vocabSize); // [S]
  const ids = tf.concat([samples, tf.maximum(labels, tf.scalar(0, 'int32'))]);
  const { weight, bias } = softmax.rows(ids);
  const [sampleWeight, labelWeight] = halves(weight, numSamples, numLabels);
  const [sampleBias, labelBias] = halves(bias, numSamples, numLabels);

  const ofLabel = tf.add(tf.sum(tf.mul(hidden, labelWeight), 1), labelBias); // [N]
  const offset = tf.sub(sampleBias, logExpectedCount(samples, numSamples, vocabSize));
  const ofSamples = tf.add(tf.matMul(hidden, sampleWeight, false, true), offset); // [N, S]
  const isLabel = tf.cast(tf.equal(tf.expandDims(labels, 1), tf.expandDims(samples, 0)), 'float32');
  const logits = tf.concat([tf.expandDims(ofLabel, 1), tf.add(ofSamples, tf.mul(isLabel, IMPOSSIBLE))], 1);
  const isIgnored = tf.less(labels, tf.scalar(0, 'int32'));
  return crossEntropy(logits, tf.mul(tf.cast(isIgnored, 'int32'), tf.scalar(IGNORED_LABEL, 'int32')));
}

/** [count] int32: id k with probability log((k + 2) / (k + 1)) / log(V + 1). */
function logUniformIds(key: RandomKey, count: number, vocabSize: number): tf.Tensor {
  const powers = tf.exp(tf.mul(randomUniform(key, [count]), Math.log(vocabSize + 1))); // in [1, V + 1)
  const ids = tf.sub(tf.cast(powers, 'int32'), tf.scalar(1, 'int32'));
  return tf.minimum(ids, tf.scalar(vocabSize - 1, 'int32'));
}

/** Of each id among the samples. */
function logExpectedCount(ids: tf.Tensor, numSamples: number, vocabSize: number): tf.Tensor {
  const logRatio = tf.log1p(tf.div(1, tf.add(tf.cast(ids, 'float32'), 1)));
  return tf.log(tf.mul(logRatio, numSamples / Math.log(vocabSize + 1)));
}

function halves(tensor: tf.Tensor, first: number, second: number): [tf.Tensor, tf.Tensor] {
  const parts = tf.split(tensor, [first, second]);
  return [tensorAt(parts, 0), tensorAt(parts, 1)];
}
