import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { maxOverPositions } from './max-over-positions.ts';

describe('maxOverPositions', () => {
  leaksNoTensors();

  it('shares its gradient among equal maxima', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 5],
        [3, 2],
        [3, 5],
        [0, 5],
      ]);
      expect(maxOverPositions(x)).toBeAllClose([3, 5]);
      const gradient = tf.grad((x) => tf.mul(maxOverPositions(x), tf.tensor1d([10, 6])))(x);
      expect(gradient).toBeAllClose([
        [0, 2],
        [5, 0],
        [5, 2],
        [0, 2],
      ]);
    });
  });
});
