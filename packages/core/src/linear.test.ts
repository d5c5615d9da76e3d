import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { ones } from './initializers.ts';
import { Linear, multiplyLastAxis } from './linear.ts';
import { disposeModule, parametersOf, withParameters } from './module.ts';
import { randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';

const source = randomParameters(RandomKey.fromSeed(1));

describe('Linear', () => {
  leaksNoTensors();

  it('keeps leading axes', () => {
    const layer = new Linear(3, 2, source, { initializer: ones });
    tf.tidy(() => {
      const bias = tf.tensor1d([0, 10]);
      const y = withParameters(layer, { bias }).forward(tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 1, 3]));
      expect(y).toBeAllClose([[[[6, 16]], [[15, 25]]]]);
    });
    disposeModule(layer);
  });

  it('has a bias unless told otherwise', () => {
    const layers = [new Linear(2, 2, source), new Linear(2, 2, source, { hasBias: false })];
    expect(layers.map((layer) => Object.keys(parametersOf(layer)))).toEqual([['weight', 'bias'], ['weight']]);
    layers.forEach(disposeModule);
  });

  it('has a gradient at rank 3', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([0.3, -0.7, 1.1, 0.2, 0.9, -0.4], [2, 1, 3]);
      const matrix = tf.tensor2d([0.5, -0.1, 0.8, 0.3, -0.6, 0.7], [3, 2]);
      checkGradients(multiplyLastAxis, [x, matrix]);
      checkGradients((x, matrix) => multiplyLastAxis(x, matrix, { transpose: true }), [x, tf.transpose(matrix)]);
    });
  });
});
