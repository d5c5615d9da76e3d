import * as tf from '@tensorflow/tfjs';
import '@cloze/testing';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { lossOf } from './losses.ts';

describe('lossOf', () => {
  leaksNoTensors();

  it('has each position of a language model predict the next token', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d([1, 2, 0, 3, 1, 0, 9, 9, 9], [1, 3, 3]);
      const labels = tf.tensor2d([[0, 1, -100]], undefined, 'int32');
      // Only position 0 has a target: token 1.
      const expected = Math.log(Math.E + Math.E ** 2 + 1) - 2;
      expect(lossOf('causal-language-modeling', { logits }, labels)).toBeAllClose(tf.scalar(expected), {
        relative: 1e-6,
      });
    });
  });

  it('takes one label for a regression', () => {
    tf.tidy(() => {
      const loss = lossOf('sequence-classification', { logits: tf.tensor2d([[1], [4]]) }, tf.tensor1d([2, 2]));
      expect(loss).toBeAllClose(tf.scalar(2.5), { relative: 1e-6 });
    });
  });

  it('refuses a task that it does not know', () => {
    tf.tidy(() => {
      expect(() => lossOf('telepathy', {}, tf.scalar(0))).toThrow('The conformance suite knows no loss for telepathy');
    });
  });
});
