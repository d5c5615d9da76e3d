import * as tf from '@tensorflow/tfjs';
import { shapeOf } from '@cloze/core';
import { IGNORED_LABEL } from './cross-entropy.ts';

/**
 * What each position is to predict of a sequence that is predicted from left to right: the token after it.
 *
 * @param labels [..., T] int32; negative = padding, which nothing predicts.
 */
export function nextLabels(labels: tf.Tensor): tf.Tensor {
  const leading = labels.shape.slice(0, -1);
  const next = tf.slice(
    labels,
    [...leading.map(() => 0), 1],
    labels.shape.map(() => -1),
  );
  return tf.concat([next, tf.fill([...leading, 1], IGNORED_LABEL, 'int32')], -1);
}

/**
 * The same from right to left: the token before it. Padding, which follows the last token, predicts nothing.
 *
 * @param labels [B, T] int32; negative = padding.
 */
export function previousLabels(labels: tf.Tensor): tf.Tensor {
  const [batchSize, length] = shapeOf(labels, 2, 'previousLabels: labels');
  const previous = tf.slice(labels, [0, 0], [batchSize, length - 1]);
  const shifted = tf.concat([tf.fill([batchSize, 1], IGNORED_LABEL, 'int32'), previous], 1);
  return tf.where(tf.less(labels, 0), tf.scalar(IGNORED_LABEL, 'int32'), shifted);
}
