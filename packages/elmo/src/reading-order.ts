import * as tf from '@tensorflow/tfjs';
import { defineOperation, shapeOf, tensorAt, theOnly } from '@cloze/core';

/**
 * Where each word stands once the words of every sentence are reversed and its padding stays where it is.
 *
 * @param mask [T, B, 1], 1 = a word; padding is at the end.
 * @returns [T * B] int32, rows of words; its own inverse.
 */
export function reversedOrder(mask: tf.Tensor): tf.Tensor {
  const [length, batchSize] = shapeOf(mask, 3, 'reversedOrder: mask');
  const lengths = tf.sum(tf.cast(tf.squeeze(mask, [2]), 'int32'), 0, true); // [1, B]
  const positions = tf.expandDims(tf.range(0, length, 1, 'int32'), 1); // [T, 1]
  const reversed = tf.sub(tf.sub(lengths, tf.scalar(1, 'int32')), positions); // [T, B]
  const isWord = tf.less(positions, lengths);
  const position = tf.where(isWord, reversed, tf.add(positions, tf.zerosLike(reversed)));
  const rows = tf.range(0, batchSize, 1, 'int32');
  return tf.reshape(tf.add(tf.mul(position, tf.scalar(batchSize, 'int32')), rows), [-1]);
}

/**
 * Words in another order, for orders that are their own inverse: then the gradient is the same operation, without the scattered sums of `tf.gather`'s.
 *
 * @param x [T, B, D].
 * @param order [T * B] int32, see {@link reversedOrder}.
 */
export function reorder(x: tf.Tensor, order: tf.Tensor): tf.Tensor {
  return theOnly(involution({ x, order }, {}));
}

const involution = defineOperation<'x' | 'order', object, 'order'>({
  name: 'ReorderWords',
  compute: ({ x, order }) => [gatherWords(x, order)],
  gradient: {
    saveInputs: ['order'],
    saveOutputs: [],
    compute: ({ dy, inputs: { order } }) => ({ x: gatherWords(tensorAt(dy, 0), order) }),
  },
});

function gatherWords(x: tf.Tensor, order: tf.Tensor): tf.Tensor {
  const [length, batchSize, size] = shapeOf(x, 3, 'reorder: x');
  return tf.reshape(tf.gather(tf.reshape(x, [length * batchSize, size]), order), x.shape);
}
