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
import { spanCorruption, spanCorruptionLengths, type TextToTextField } from '@cloze/objectives';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { T5Config } from './config.ts';
import { T5ForConditionalGeneration } from './heads.ts';
import { t5Tiny } from './presets.ts';

const key = RandomKey.fromSeed(1);
const config: T5Config = {
  ...t5Tiny,
  vocabSize: 24,
  hiddenSize: 32,
  numHeads: 2,
  headSize: 16,
  intermediateSize: 64,
  numBuckets: 8,
  maxDistance: 16,
};
const settings = { ...config, sourceLength: 16, firstSentinelId: 23, numSentinels: 4 };
const objective = spanCorruption(settings);
const { textLength } = spanCorruptionLengths(settings);

/** Texts that count from 3 to 12 and begin anew, so that what is missing follows from what stands beside it. */
function batchOf(step: number): BatchTensors<TextToTextField> {
  const own = key.fold('batch').fold(step);
  const texts = Array.from({ length: 16 }, (_, row) => {
    const first = own.fold(row).integer(10);
    return Int32Array.from({ length: textLength }, (_, index) => 3 + ((first + index) % 10));
  });
  return toBatchTensors(objective.prepare(texts, own));
}

/** One step of gradient descent. */
function stepOf(model: T5ForConditionalGeneration) {
  return (parameters: ParameterMap, batch: BatchTensors<TextToTextField>) => {
    const paths = Object.keys(parameters);
    const values = Object.values(parameters);
    const { value: loss, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => {
      const named = Object.fromEntries(given.map((tensor, index) => [paths[index] ?? '', tensor]));
      return objective.loss(withParameters(model, named), batch).loss;
    })(values);
    const descended = grads.map((gradient, index) => tf.sub(values[index] ?? 0, tf.mul(gradient, 0.1)));
    return { loss, parameters: Object.fromEntries(descended.map((tensor, index) => [paths[index] ?? '', tensor])) };
  };
}

describe('pre-training T5', () => {
  leaksNoTensors();

  it('begins near log V', () => {
    const model = new T5ForConditionalGeneration(config, randomParameters(key));
    tf.tidy(() => {
      const loss = objective.loss(model, batchOf(0)).loss.dataSync()[0] ?? Number.NaN;
      expect(Math.abs(loss - Math.log(config.vocabSize))).toBeLessThan(1);
    });
    disposeModule(model);
  });

  it('learns to restore spans of texts that it has not seen', async () => {
    const model = new T5ForConditionalGeneration(config, randomParameters(key));
    const compiled = jit(stepOf(model), { engine: onnxRuntimeEngine() });
    let parameters: ParameterMap = parametersOf(model);
    const losses: number[] = [];
    for (let step = 0; step < 300; step++) {
      const batch = batchOf(step);
      const result = await compiled(parameters, batch);
      losses.push(result.loss.dataSync()[0] ?? Number.NaN);
      tf.dispose([result.loss, ...Object.values(parameters), ...Object.values<tf.Tensor>(batch)]);
      parameters = result.parameters;
    }
    expect(losses.at(-1)).toBeLessThan(0.2);
    tf.dispose(Object.values(parameters));
    compiled.dispose();
  });
});
