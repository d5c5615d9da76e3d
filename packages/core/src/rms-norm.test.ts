import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { disposeModule } from './module.ts';
import { randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';
import { RmsNorm, rmsNormalization } from './rms-norm.ts';

describe('RmsNorm', () => {
  leaksNoTensors();

  it('gives every row a mean square of 1 at first, and keeps nothing but its result', () => {
    const layer = new RmsNorm(2, 0, randomParameters(RandomKey.fromSeed(1)));
    const x = tf.tensor2d([3, 4, -1, 7], [2, 2]);
    const before = tf.memory().numTensors;
    const y = layer.forward(x);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(y).toBeAllClose([
      [3 / Math.sqrt(12.5), 4 / Math.sqrt(12.5)],
      [-1 / 5, 7 / 5],
    ]);
    tf.dispose([x, y]);
    disposeModule(layer);
  });

  it('has a gradient for input and weight', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([0.3, -1.2, 2.1, 0.8, 0.1, -0.4], [1, 2, 3]);
      checkGradients((x, scale) => rmsNormalization(x, scale, 1e-6), [x, tf.tensor1d([1.1, 0.7, -0.4])]);
    });
  });
});
