import * as tf from '@tensorflow/tfjs';
import { defineOperation, tensorAt, theOnly } from '@cloze/core';

/**
 * The maximum along the first axis.
 *
 * Where several positions hold it, they share the gradient. `tf.max` gives all of it to each, which counts it dozens of times here: after the end of a
 * word all windows are equal. Equal windows have equal inputs, so sharing is the same as choosing one of them, as max-pooling does.
 *
 * @param x [P, ...]; returns [...].
 */
export function maxOverPositions(x: tf.Tensor): tf.Tensor {
  return theOnly(maximum({ x }, {}));
}

const maximum = defineOperation<'x', object, 'x'>({
  name: 'MaxOverPositions',
  compute: ({ x }) => [tf.max(x, 0)],
  gradient: {
    saveInputs: ['x'],
    saveOutputs: [0],
    compute: ({ dy, inputs: { x }, outputs }) => {
      const isMaximum = tf.cast(tf.equal(x, theOnly(outputs)), 'float32');
      return { x: tf.mul(isMaximum, tf.div(tensorAt(dy, 0), tf.sum(isMaximum, 0))) };
    },
  },
});
