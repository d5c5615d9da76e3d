import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { stopGradient } from './stop-gradient.ts';

describe('stopGradient', () => {
  leaksNoTensors();

  it('passes values and holds gradients back', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([2, -3]);
      expect(stopGradient(x)).toBeAllClose([2, -3], {});
      const gradient = tf.grad((x) => tf.mul(tf.square(x), stopGradient(tf.square(x))))(x);
      expect(gradient).toBeAllClose([2 * 2 * 4, 2 * -3 * 9]); // x^2 times a constant
      expect(tf.grad((x) => stopGradient(x))(x)).toBeAllClose([0, 0], {});
    });
  });
});
