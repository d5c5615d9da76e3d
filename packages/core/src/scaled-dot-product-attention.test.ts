import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { causalBias } from './attention-masks.ts';
import { RandomKey } from './random-key.ts';
import { mergeHeads, scaledDotProductAttention, splitHeads } from './scaled-dot-product-attention.ts';

function tensor(seed: number, shape: [number, number, number, number]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    RandomKey.fromSeed(seed)
      .uniform(size)
      .map((value) => 2 * value - 1),
    shape,
  );
}

describe('scaledDotProductAttention', () => {
  leaksNoTensors();

  it('is the weighted mean of the values', () => {
    tf.tidy(() => {
      const q = tf.tensor4d([2, 0], [1, 1, 1, 2]);
      const key = tf.tensor4d([1, 5, 0, 5], [1, 1, 2, 2]);
      const value = tf.tensor4d([1, 0, 0, 1], [1, 1, 2, 2]);
      const weight = 1 / (1 + Math.exp(-2 / Math.sqrt(2)));
      const { context, weights } = scaledDotProductAttention(q, { key, value });
      expect(context).toBeAllClose([[[[weight, 1 - weight]]]]);
      expect(weights).toBeAllClose([[[[weight, 1 - weight]]]]);
    });
  });

  it('reads a cache as if its slots stood before the keys', () => {
    tf.tidy(() => {
      const q = tensor(1, [2, 2, 3, 4]);
      const [key, value] = [tensor(2, [2, 2, 5, 4]), tensor(3, [2, 2, 5, 4])];
      const part = (x: tf.Tensor, begin: number, size: number): tf.Tensor =>
        tf.slice(x, [0, 0, begin, 0], [-1, -1, size, -1]);
      const whole = scaledDotProductAttention(q, { key, value }, { bias: causalBias(3, 2) });
      const cached = scaledDotProductAttention(
        q,
        { key: part(key, 2, 3), value: part(value, 2, 3) },
        { bias: causalBias(3, 2), cache: { key: part(key, 0, 2), value: part(value, 0, 2) } },
      );
      expect(cached.context).toBeAllClose(whole.context, { absolute: 1e-6 });
      expect(cached.weights).toBeAllClose(whole.weights, { absolute: 1e-6 });
    });
  });

  it('gives the weights as they are before dropout', () => {
    tf.tidy(() => {
      const [q, key, value] = [tensor(1, [1, 2, 3, 2]), tensor(2, [1, 2, 3, 2]), tensor(3, [1, 2, 3, 2])];
      const bias = causalBias(3, 0);
      const dropped = scaledDotProductAttention(
        q,
        { key, value },
        { bias, dropoutRate: 0.5, key: RandomKey.fromSeed(5) },
      );
      expect(dropped.weights).toBeAllClose(scaledDotProductAttention(q, { key, value }, { bias }).weights);
      expect(tf.sum(dropped.weights, -1)).toBeAllClose(tf.ones([1, 2, 3]), { absolute: 1e-6 });
    });
  });

  it('has a gradient, also with a mask and dropout', () => {
    tf.tidy(() => {
      const inputs = [tensor(1, [1, 2, 3, 2]), tensor(2, [1, 2, 3, 2]), tensor(3, [1, 2, 3, 2])] as const;
      const options = { bias: causalBias(3, 0), dropoutRate: 0.3, key: RandomKey.fromSeed(5) };
      checkGradients((q, key, value) => scaledDotProductAttention(q, { key, value }).context, inputs);
      checkGradients((q, key, value) => scaledDotProductAttention(q, { key, value }, options).context, inputs);
    });
  });
});

describe('splitHeads', () => {
  leaksNoTensors();

  it('gives each head a slice of the last axis, and mergeHeads puts them back', () => {
    tf.tidy(() => {
      const x = tf.reshape(tf.range(0, 12), [1, 3, 4]);
      expect(splitHeads(x, 2)).toBeAllClose([
        [
          [
            [0, 1],
            [4, 5],
            [8, 9],
          ],
          [
            [2, 3],
            [6, 7],
            [10, 11],
          ],
        ],
      ]);
      expect(mergeHeads(splitHeads(x, 2))).toBeAllClose(x);
    });
  });
});
