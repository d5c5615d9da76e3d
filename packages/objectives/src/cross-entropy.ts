import * as tf from '@tensorflow/tfjs';
import { defineOperation, tensorAt, theOnly } from '@cloze/core';

/** Labels below zero are not predicted; this is the one that is written, as in Hugging Face transformers. */
export const IGNORED_LABEL = -100;

/**
 * The mean negative log likelihood of the labels.
 *
 * @param logits [..., V], unnormalised log probabilities.
 * @param labels [...] int32, 0 ... V - 1, or negative where nothing is to be predicted.
 * @returns loss in nats per target (NaN if there is none), and the number of targets. Scalars.
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): { loss: tf.Scalar; numTargets: tf.Scalar } {
  const flatLabels = tf.reshape(labels, [-1]);
  const losses = tokenCrossEntropy(tf.reshape(logits, [-1, logits.shape.at(-1) ?? 1]), flatLabels);
  const numTargets: tf.Scalar = tf.sum(tf.cast(tf.greaterEqual(flatLabels, 0), 'float32'));
  return { loss: tf.div(tf.sum(losses), numTargets), numTargets };
}

/**
 * The negative log likelihood of each label.
 *
 * @param logits [N, V].
 * @param labels [N] int32; negative = not predicted.
 * @returns [N] in nats; 0 where the label is negative.
 */
export function tokenCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const outputs = crossEntropyOperation({ logits, labels }, {});
  // Only the tape needs the normaliser, and it keeps its own reference.
  tensorAt(outputs, 1).dispose();
  return tensorAt(outputs, 0);
}

const crossEntropyOperation = defineOperation<'logits' | 'labels', object, 'logits' | 'labels'>({
  name: 'SoftmaxCrossEntropy',
  compute: ({ logits, labels }) => {
    const maximum = tf.max(logits, -1, true);
    const logSumExp = tf.add(tf.log(tf.sum(tf.exp(tf.sub(logits, maximum)), -1, true)), maximum); // [N, 1]
    const ofLabel = tf.sum(tf.mul(logits, oneHot(labels, logits)), -1); // [N]
    const losses = tf.mul(tf.sub(tf.squeeze(logSumExp, [1]), ofLabel), isPredicted(labels));
    return [losses, logSumExp];
  },
  gradient: {
    saveInputs: ['logits', 'labels'],
    saveOutputs: [1],
    compute: ({ dy, inputs: { logits, labels }, outputs }) => ({
      logits: theOnly(crossEntropyGradient({ dy: tensorAt(dy, 0), logits, labels, logSumExp: theOnly(outputs) }, {})),
    }),
  },
});

const crossEntropyGradient = defineOperation<'dy' | 'logits' | 'labels' | 'logSumExp', object>({
  name: 'SoftmaxCrossEntropyGrad',
  compute: ({ dy, logits, labels, logSumExp }) => {
    const probabilities = tf.exp(tf.sub(logits, logSumExp));
    const weights = tf.expandDims(tf.mul(dy, isPredicted(labels)), 1); // [N, 1]
    return [tf.mul(tf.sub(probabilities, oneHot(labels, logits)), weights)];
  },
});

/** [N], 1 where there is a label. */
function isPredicted(labels: tf.Tensor): tf.Tensor {
  return tf.cast(tf.greaterEqual(labels, 0), 'float32');
}

/** [N, V]; rows of ignored labels are not to be used. */
function oneHot(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const valid = tf.maximum(labels, tf.scalar(0, 'int32'));
  return tf.cast(tf.oneHot(valid, logits.shape.at(-1) ?? 1), 'float32');
}
