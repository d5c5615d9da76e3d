import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  toBatchTensors,
  withParameters,
  type BatchTensors,
  type ParameterMap,
} from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import { bertPreTraining, nextSentencePairs, type BertPreTrainingField } from '@cloze/objectives';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { BertForPreTraining } from './pre-training-heads.ts';
import { bertTiny } from './presets.ts';

const VOCAB_SIZE = 24;
const SEQUENCE_LENGTH = 16;
const key = RandomKey.fromSeed(1);
const config = {
  ...bertTiny,
  vocabSize: VOCAB_SIZE,
  maxPositions: SEQUENCE_LENGTH,
  hiddenSize: 16,
  intermediateSize: 32,
  initializerRange: 0.1,
};
const objective = bertPreTraining({
  tokens: { padTokenId: 0, clsTokenId: 1, sepTokenId: 2, maskTokenId: 3 },
  vocabSize: VOCAB_SIZE,
  sequenceLength: SEQUENCE_LENGTH,
});

/** Each document counts upwards in its own part of the vocabulary, so that masks can be filled and random sentences be told. */
const documents = [4, 14].map((first) =>
  Array.from({ length: 40 }, (_, sentence) =>
    Int32Array.from({ length: 3 }, (_, token) => first + ((3 * sentence + token) % 10)),
  ),
);

function batchOf(epoch: number): BatchTensors<BertPreTrainingField> {
  const own = key.fold(epoch);
  const pairs = nextSentencePairs(documents, { sequenceLength: SEQUENCE_LENGTH }, own);
  return toBatchTensors(objective.prepare(pairs.slice(0, 8), own));
}

/** The loss and its gradients, for eager and compiled execution. */
function gradientsOf(model: BertForPreTraining) {
  return (parameters: ParameterMap, batch: BatchTensors<BertPreTrainingField>, words: tf.Tensor) => {
    const paths = Object.keys(parameters);
    const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
      const given = Object.fromEntries(values.map((tensor, index) => [paths[index] ?? '', tensor]));
      return objective.loss(withParameters(model, given), batch, RandomKey.fromTensor(words)).loss;
    })(Object.values(parameters));
    return { loss: value, gradients: Object.fromEntries(grads.map((tensor, index) => [paths[index] ?? '', tensor])) };
  };
}

describe('pre-training BERT', () => {
  leaksNoTensors();

  it('begins with log V for masked tokens and log 2 for pairs', () => {
    const model = new BertForPreTraining({ ...config, initializerRange: 0.001 }, randomParameters(key));
    tf.tidy(() => {
      const { metrics } = objective.loss(model, batchOf(0));
      expect(metrics['maskedLoss']?.dataSync()[0]).toBeCloseTo(Math.log(VOCAB_SIZE), 2);
      expect(metrics['nextSentenceLoss']?.dataSync()[0]).toBeCloseTo(Math.log(2), 2);
    });
    disposeModule(model);
  });

  it('computes the same compiled as eagerly, dropout and chosen positions included', async () => {
    const model = new BertForPreTraining(config, randomParameters(key));
    const step = gradientsOf(model);
    const words = tf.tensor1d(Int32Array.from(key.toWords()), 'int32');
    const batch = batchOf(0);
    const parameters = parametersOf(model);
    const compiled = jit(step, { engine: onnxRuntimeEngine() });
    const got = await compiled(parameters, batch, words);
    tf.tidy(() => {
      const eager = step(parameters, batch, words);
      expect(got.loss).toBeAllClose(eager.loss, { relative: 1e-5 });
      for (const [path, gradient] of Object.entries(eager.gradients)) {
        expect(got.gradients[path], path).toBeAllClose(gradient, { ofLargest: 1e-4, absolute: 1e-6 });
      }
    });
    tf.dispose([got.loss, words, ...Object.values(got.gradients), ...Object.values<tf.Tensor>(batch)]);
    compiled.dispose();
    disposeModule(model);
  });

  it('learns the answers of one batch', async () => {
    const model = new BertForPreTraining({ ...config, hiddenDropout: 0, attentionDropout: 0 }, randomParameters(key));
    const compiled = jit(gradientsOf(model), { engine: onnxRuntimeEngine() });
    const words = tf.tensor1d([1, 2], 'int32');
    const batch = batchOf(0);
    let parameters: ParameterMap = parametersOf(model);
    const losses: number[] = [];
    for (let step = 0; step < 100; step++) {
      const { loss, gradients } = await compiled(parameters, batch, words);
      losses.push(loss.dataSync()[0] ?? Number.NaN);
      const descended = tf.tidy(() =>
        Object.entries(parameters).map(([path, parameter]) => {
          return [path, tf.sub(parameter, tf.mul(gradients[path] ?? 0, 0.2))] as const;
        }),
      );
      tf.dispose([loss, ...Object.values(parameters), ...Object.values(gradients)]);
      parameters = Object.fromEntries(descended);
    }
    expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] ?? 0));
    tf.dispose([words, ...Object.values(parameters), ...Object.values<tf.Tensor>(batch)]);
    compiled.dispose();
  });
});
