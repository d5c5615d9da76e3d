import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { FeedForward } from './feed-forward.ts';
import { ones } from './initializers.ts';
import { disposeModule, parametersOf } from './module.ts';
import { randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';

describe('FeedForward', () => {
  leaksNoTensors();

  it('widens, activates and narrows each position by itself', () => {
    const config = {
      hiddenSize: 2,
      intermediateSize: 3,
      activation: 'relu',
      initializer: ones,
      outputInitializer: ones,
    } as const;
    const layer = new FeedForward(config, randomParameters(RandomKey.fromSeed(1)));
    expect(Object.keys(parametersOf(layer))).toEqual(['up.weight', 'up.bias', 'down.weight', 'down.bias']);
    tf.tidy(() => {
      expect(layer.forward(tf.tensor3d([1, 2, -3, 1], [1, 2, 2]))).toBeAllClose([
        [
          [9, 9],
          [0, 0],
        ],
      ]);
    });
    disposeModule(layer);
  });
});
