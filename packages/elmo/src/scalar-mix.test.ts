import * as tf from '@tensorflow/tfjs';
import { parametersOf, placeholderParameters, withParameters } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { ScalarMix } from './scalar-mix.ts';

describe('ScalarMix', () => {
  leaksNoTensors();

  const layers = (): tf.Tensor[] => [tf.tensor3d([1, 2, 3, 4], [1, 2, 2]), tf.tensor3d([4, 0, 8, 100], [1, 2, 2])];

  it('weighs layers by the softmax of its scalars', () => {
    tf.tidy(() => {
      const mix = withParameters(new ScalarMix({ numLayers: 2, normalizes: false }, placeholderParameters()), {
        'scalars.0': tf.tensor1d([Math.log(3)]),
        gamma: tf.tensor1d([2]),
      });
      expect(Object.keys(parametersOf(mix))).toEqual(['scalars.0', 'scalars.1', 'gamma']);
      expect(mix.forward(layers(), tf.ones([1, 2]))).toBeAllClose([
        [
          [3.5, 3],
          [8.5, 56],
        ],
      ]);
    });
  });

  it('normalizes each layer over all words and dimensions together, padding left out', () => {
    tf.tidy(() => {
      const mix = withParameters(new ScalarMix({ numLayers: 2, normalizes: true }, placeholderParameters()), {
        gamma: tf.tensor1d([2]),
      });
      const mixed = mix.forward(layers(), tf.tensor2d([1, 0], [1, 2]));
      // Of the first word: mean 1.5 and deviation 0.5; mean 2 and deviation 2.
      expect(tf.slice(mixed, [0, 0, 0], [1, 1, 2])).toBeAllClose([[[0, 0]]]);
      expect(tf.slice(mixed, [0, 1, 0], [1, 1, 2])).toBeAllClose([[[3 + 3, 5 + 49]]]);
    });
  });
});
