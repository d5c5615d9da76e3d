import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { LayerNorm, layerNormalization } from './layer-norm.ts';
import { disposeModule } from './module.ts';
import { placeholderParameters, randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';

const X = [0.3, -1.2, 2.1, 0.8, 0.1, -0.4, 1.5, 1.9, -2.2, 0.6, 0.7, -0.9];

describe('LayerNorm', () => {
  leaksNoTensors();

  it('gives every row mean 0 and variance 1 at first', () => {
    const layer = new LayerNorm(4, 0, randomParameters(RandomKey.fromSeed(1)));
    tf.tidy(() => {
      const { mean, variance } = tf.moments(layer.forward(tf.tensor3d(X, [1, 3, 4])), -1);
      expect(mean).toBeAllClose([[0, 0, 0]], { absolute: 1e-6 });
      expect(variance).toBeAllClose([[1, 1, 1]], { absolute: 1e-5 });
    });
    disposeModule(layer);
  });

  it('has a gradient for input, weight and bias', () => {
    tf.tidy(() => {
      const scale = tf.tensor1d([1.1, 0.7, -0.4, 0.9]);
      const bias = tf.tensor1d([0.1, -0.2, 0.3, 0]);
      for (const shape of [
        [3, 4],
        [1, 3, 4],
      ]) {
        checkGradients(
          (x, scale, bias) => layerNormalization(x, scale, bias, 1e-5),
          [tf.tensor(X, shape), scale, bias],
        );
      }
    });
  });

  it('keeps nothing but its result', () => {
    const layer = new LayerNorm(4, 1e-5, placeholderParameters());
    const x = tf.tensor2d(X, [3, 4]);
    const before = tf.memory().numTensors;
    const y = layer.forward(x);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, y]);
    disposeModule(layer);
  });
});
