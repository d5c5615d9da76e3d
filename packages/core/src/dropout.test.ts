import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { dropout } from './dropout.ts';
import { RandomKey } from './random-key.ts';

const key = RandomKey.fromSeed(3);

describe('dropout', () => {
  leaksNoTensors();

  it('does nothing without a key or at rate 0', () => {
    const x = tf.ones([4]);
    expect([dropout(x, 0.5, undefined), dropout(x, 0, key)]).toEqual([x, x]);
    x.dispose();
  });

  it('drops its share, scales the rest, and repeats itself', () => {
    tf.tidy(() => {
      const values = dropout(tf.ones([100, 100]), 0.2, key).dataSync();
      expect(new Set(values)).toEqual(new Set([0, 1.25]));
      expect(values.filter((value) => value === 0).length / 10_000).toBeCloseTo(0.2, 1);
      expect(dropout(tf.ones([100, 100]), 0.2, key).dataSync()).toEqual(values);
      expect(dropout(tf.ones([100, 100]), 0.2, key.fold(1)).dataSync()).not.toEqual(values);
    });
  });

  it('has a gradient', () => {
    tf.tidy(() => {
      checkGradients((x) => tf.square(dropout(x, 0.5, key)), [tf.tensor1d([1, 2, 3, 4, 5, 6])]);
    });
  });
});
