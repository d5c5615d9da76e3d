import * as tf from '@tensorflow/tfjs';
import { randomUniform } from './random-bits.ts';
import type { RandomKey } from './random-key.ts';

/**
 * Sets each element to zero with probability `rate` and divides the others by `1 - rate`, if and only if a key is given.
 *
 * @param rate in [0, 1).
 * @param key one key per call: two calls with the same key drop the same elements.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", section 10 (scaling while training).
 */
export function dropout(x: tf.Tensor, rate: number, key: RandomKey | undefined): tf.Tensor {
  if (key === undefined || rate === 0) return x;
  const isKept = tf.cast(tf.greaterEqual(randomUniform(key, x.shape), rate), 'float32');
  return tf.mul(x, tf.mul(isKept, 1 / (1 - rate)));
}
