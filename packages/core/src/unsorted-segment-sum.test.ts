import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { leaksNoTensors } from '@cloze/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedding } from './embedding.ts';
import { disposeModule, withParameters } from './module.ts';
import { placeholderParameters } from './parameter-source.ts';

describe('the gradient of an embedding on the wasm backend', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });
  afterAll(async () => {
    await tf.setBackend('cpu');
  });
  leaksNoTensors();

  it('is there, exact, and adds repeated ids', () => {
    expect(tf.getBackend()).toBe('wasm');
    const table = new Embedding(3, 2, placeholderParameters());
    tf.tidy(() => {
      const ids = tf.tensor2d([2, 0, 2, 2], [2, 2], 'int32');
      const dy = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
      const gradient = tf.grad((weight: tf.Tensor) => withParameters(table, { weight }).forward(ids))(
        tf.ones([3, 2]),
        dy,
      );
      expect([...gradient.dataSync()]).toEqual([3, 4, 0, 0, 1 + 5 + 7, 2 + 6 + 8]);
    });
    disposeModule(table);
  });
});
