import * as tf from '@tensorflow/tfjs';
import { crossEntropy, IGNORED_LABEL } from '@cloze/objectives';
import { outputTensor } from './fixture.ts';

type Outputs = Readonly<Record<string, unknown>>;

/** The losses of Hugging Face transformers by task, as the fixtures were made with. */
const LOSSES: Readonly<Record<string, (outputs: Outputs, labels: tf.Tensor) => tf.Scalar>> = {
  'causal-language-modeling': (outputs, labels) =>
    crossEntropy(outputTensor(outputs, 'logits'), shiftedLeft(labels)).loss,
  'sequence-classification': (outputs, labels) => {
    const logits = outputTensor(outputs, 'logits');
    return logits.shape[1] === 1
      ? tf.mean(tf.square(tf.sub(tf.squeeze(logits, [1]), labels)))
      : crossEntropy(logits, labels).loss;
  },
};

/** The loss of a task. */
export function lossOf(task: string, outputs: Outputs, labels: tf.Tensor): tf.Scalar {
  const loss = LOSSES[task];
  if (loss === undefined) throw new Error(`The conformance suite knows no loss for ${task}; add it to losses.ts.`);
  return loss(outputs, labels);
}

/** Position t predicts token t + 1. */
function shiftedLeft(labels: tf.Tensor): tf.Tensor {
  const [batchSize = 1, length = 1] = labels.shape;
  const next = tf.slice(labels, [0, 1], [batchSize, length - 1]);
  return tf.concat([next, tf.fill([batchSize, 1], IGNORED_LABEL, 'int32')], 1);
}
