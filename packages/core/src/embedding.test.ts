import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { Embedding } from './embedding.ts';
import { disposeModule, withParameters } from './module.ts';
import { randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';

describe('Embedding', () => {
  leaksNoTensors();

  it('looks rows up, also its first ones, and projects onto all of them', () => {
    const table = new Embedding(3, 2, randomParameters(RandomKey.fromSeed(1)));
    tf.tidy(() => {
      const { weight } = table;
      const [a, b, c] = tf.unstack(weight);
      const ids = tf.tensor2d([[2, 0, 2]], [1, 3], 'int32');
      expect(table.forward(ids)).toBeAllClose(tf.expandDims(tf.stack([c, a, c] as tf.Tensor[])));
      expect(table.firstRows(2)).toBeAllClose(tf.stack([a, b] as tf.Tensor[]));
      expect(table.project(tf.tensor2d([[1, -1]]))).toBeAllClose(
        tf.matMul(tf.tensor2d([[1, -1]]), weight, false, true),
      );
    });
    disposeModule(table);
  });

  it('adds the gradients of repeated ids and of tied uses', () => {
    const table = new Embedding(4, 2, randomParameters(RandomKey.fromSeed(1)));
    tf.tidy(() => {
      const ids = tf.tensor1d([3, 1, 3, 3], 'int32');
      checkGradients(
        (weight) => {
          const tied = withParameters(table, { weight });
          return tf.add(tied.project(tf.tanh(tied.forward(ids))), tf.sum(tied.firstRows(2)));
        },
        [tf.tensor2d([0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8], [4, 2])],
      );
    });
    disposeModule(table);
  });

  it('does not train the row of padding where it is looked up', () => {
    const table = new Embedding(3, 2, randomParameters(RandomKey.fromSeed(1)), { paddingId: 1 });
    tf.tidy(() => {
      expect(tf.slice(table.weight, [1, 0], [1, 2])).toBeAllClose([[0, 0]], {});
      const ids = tf.tensor2d(
        [
          [1, 0],
          [1, 2],
        ],
        undefined,
        'int32',
      );
      const gradientOf = (use: (tied: Embedding) => tf.Tensor): tf.Tensor =>
        tf.grad((weight) => use(withParameters(table, { weight })))(table.weight);
      expect(gradientOf((tied) => tied.forward(ids))).toBeAllClose(
        [
          [1, 1],
          [0, 0],
          [1, 1],
        ],
        {},
      );
      expect(gradientOf((tied) => tied.project(tf.ones([1, 2])))).toBeAllClose(tf.ones([3, 2]), {});
    });
    disposeModule(table);
  });
});
