import * as tf from '@tensorflow/tfjs';
import { Embedding, normal, RandomKey, randomParameters } from '@cloze/core';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { PromptedEmbedding } from './prompted-embedding.ts';

const source = randomParameters(RandomKey.fromSeed(1));
const createBase = (): Embedding => new Embedding(5, 3, source, { initializer: normal(1), paddingId: 0 });
const createIds = (): tf.Tensor => tf.tensor2d([[5, 6, 2, 0, 6]], undefined, 'int32');

describe('PromptedEmbedding', () => {
  leaksNoTensors();

  it('looks up virtual tokens by the ids behind the table, and all else in the table', () => {
    tf.tidy(() => {
      const base = createBase();
      const prompt = tf.randomNormal([2, 3], 0, 1, 'float32', 1);
      const prompted = new PromptedEmbedding(base, prompt);
      const table = tf.concat([base.weight, prompt], 0);
      const wanted = tf.expandDims(tf.gather(table, tf.tensor1d([5, 6, 2, 0, 6], 'int32')), 0);
      expect(prompted.forward(createIds())).toBeAllClose(wanted, {});
      expect(prompted.firstRows(2)).toBeAllClose(base.firstRows(2), {});
      expect(prompted.project(tf.ones([1, 3]))).toBeAllClose(base.project(tf.ones([1, 3])), {});
      expect(prompted.weight).toBe(base.weight);
    });
  });

  it('trains the virtual tokens', () => {
    tf.tidy(() => {
      const base = createBase();
      const prompt = tf.randomNormal([2, 3], 0, 1, 'float32', 2);
      checkGradients((prompt) => new PromptedEmbedding(base, prompt).forward(createIds()), [prompt]);
    });
  });
});
