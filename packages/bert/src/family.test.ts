import * as tf from '@tensorflow/tfjs';
import {
  checkpointParameters,
  createCache,
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  toCheckpointTensors,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bertTiny } from './config.ts';
import { bertFamily } from './family.ts';
import type { BertForCausalLm } from './heads.ts';

const key = RandomKey.fromSeed(1);

describe('bertFamily', () => {
  leaksNoTensors();

  let model: BertForCausalLm;
  let inputIds: tf.Tensor;

  beforeEach(() => {
    model = bertFamily.create(bertTiny, 'causal-language-modeling', randomParameters(key));
    inputIds = tf.tensor2d([7, 3, 9, 1, 4, 4, 0, 255], [2, 4], 'int32');
  });

  afterEach(() => {
    disposeModule(model);
    inputIds.dispose();
  });

  it('has the parameters of the paper', () => {
    const shapes = Object.entries(parametersOf(model)).map(([path, { shape }]) => `${path} [${shape.join(', ')}]`);
    expect(shapes.filter((path) => !path.includes('layers.1'))).toMatchSnapshot();
  });

  it('predicts a token at every position', () => {
    tf.tidy(() => {
      const { logits, hiddenStates } = model.forward({ inputIds });
      expect(logits).toHaveShape([2, 4, bertTiny.vocabSize]);
      expect(hiddenStates).toHaveLength(bertTiny.numLayers + 1);
    });
  });

  it('sees nothing of the future', () => {
    tf.tidy(() => {
      const start = tf.slice(inputIds, [0, 0], [2, 3]);
      const whole = tf.slice(model.forward({ inputIds }).logits, [0, 0, 0], [2, 3, -1]);
      expect(model.forward({ inputIds: start }).logits).toBeAllClose(whole);
    });
  });

  it('sees nothing of the padding', () => {
    tf.tidy(() => {
      const attentionMask = tf.tensor2d([1, 1, 1, 0], [1, 4]);
      const logitsOf = (ids: number[]): tf.Tensor =>
        model.forward({ inputIds: tf.tensor2d(ids, [1, 4], 'int32'), attentionMask }).logits;
      const [some, other] = [logitsOf([7, 3, 9, 0]), logitsOf([7, 3, 9, 200])];
      expect(tf.slice(some, [0, 0, 0], [1, 3, -1])).toBeAllClose(tf.slice(other, [0, 0, 0], [1, 3, -1]));
    });
  });

  it('continues from a cache as from the whole text', () => {
    tf.tidy(() => {
      const { keyValues } = model.forward({ inputIds: tf.slice(inputIds, [0, 0], [2, 3]) });
      const { logits } = model.forward({
        inputIds: tf.slice(inputIds, [0, 3], [2, 1]),
        positionIds: tf.fill([2, 1], 3, 'int32'),
        attentionMask: tf.tensor2d([1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1], [2, 6]),
        cache: createCache(keyValues, 5),
      });
      expect(logits).toBeAllClose(tf.slice(model.forward({ inputIds }).logits, [0, 3, 0], [2, 1, -1]));
    });
  });

  it('drops out if and only if it is given a key', () => {
    tf.tidy(() => {
      const plain = model.forward({ inputIds }).logits;
      expect(model.forward({ inputIds }).logits).toBeAllClose(plain, { absolute: 0 });
      expect(model.forward({ inputIds }, { key }).logits).not.toBeAllClose(plain);
    });
  });

  it('is read back from what it writes, bit for bit', async () => {
    const names = bertFamily.checkpointNames(bertTiny, 'causal-language-modeling');
    const written = await toCheckpointTensors(parametersOf(model), names);
    const read = bertFamily.create(bertTiny, 'causal-language-modeling', checkpointParameters(written, names));
    tf.tidy(() => {
      expect(read.forward({ inputIds }).logits).toBeAllClose(model.forward({ inputIds }).logits, { absolute: 0 });
    });
    disposeModule(read);
  });

  it('learns with every weight', () => {
    tf.tidy(() => {
      const weights = parametersOf(model, (path) => path.endsWith('.weight'));
      const loss = (): tf.Scalar => tf.mean(tf.square(model.forward({ inputIds }).logits));
      const gradients = tf.grads(loss)(Object.values(weights));
      for (const [index, path] of Object.keys(weights).entries()) {
        expect(tf.max(tf.abs(gradients[index] ?? 0)).dataSync()[0], path).toBeGreaterThan(0);
      }
    });
  });
});
