import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { reorder, reversedOrder } from './reading-order.ts';

describe('reversedOrder', () => {
  leaksNoTensors();

  it('reverses words and leaves padding where it is', () => {
    tf.tidy(() => {
      const mask = tf.tensor3d([1, 1, 1, 1, 1, 0], [3, 2, 1]);
      const x = tf.tensor3d([1, 10, 2, 20, 3, 30], [3, 2, 1]);
      const order = reversedOrder(mask);
      expect(tf.squeeze(reorder(x, order))).toBeAllClose([
        [3, 20],
        [2, 10],
        [1, 30],
      ]);
      expect(reorder(reorder(x, order), order)).toBeAllClose(x, { absolute: 0 });
      checkGradients((x) => reorder(x, order), [x]);
    });
  });
});
