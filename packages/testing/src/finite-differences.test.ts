import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { checkGradients } from './finite-differences.ts';
import { leaksNoTensors } from './leaks-no-tensors.ts';

describe('checkGradients', () => {
  leaksNoTensors();

  it('accepts right gradients of several inputs', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([0.3, -0.7, 1.1, 0.2, 0.9, -0.4], [2, 3]);
      const weight = tf.tensor2d([0.5, -0.1, 0.8, 0.3, -0.6, 0.7], [3, 2]);
      checkGradients((x, weight) => tf.softmax(tf.tanh(tf.matMul(x, weight))), [x, weight]);
    });
  });

  it('finds a wrong gradient and names the element', () => {
    const square = tf.customGrad((x) => {
      const input = x as tf.Tensor;
      return {
        value: tf.square(input),
        gradFunc: (dy) => tf.mul(dy, tf.mul(input, tf.tensor1d([2, 2.1]))),
      };
    });
    tf.tidy(() => {
      expect(() => {
        checkGradients((x) => square(x), [tf.tensor1d([1, 2])]);
      }).toThrowErrorMatchingInlineSnapshot(
        `[Error: checkGradients: input 0 at [1]: the gradient is -2.74530, finite differences say -2.61457 (allowed difference 0.00261457).]`,
      );
    });
  });

  it('finds a gradient that is not a number', () => {
    const broken = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy) => tf.mul(dy, Number.NaN),
    }));
    tf.tidy(() => {
      expect(() => {
        checkGradients((x) => broken(x), [tf.tensor1d([1])]);
      }).toThrow('input 0 at [0]: the gradient is NaN');
    });
  });
});
