import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  toBatchTensors,
  withParameters,
  type ParameterMap,
} from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import { bidirectionalLanguageModeling } from '@cloze/objectives';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { characterTable } from './characters.ts';
import { ElmoForBidirectionalLm } from './heads.ts';
import { elmoTiny } from './presets.ts';
import { trainElmoVocabulary } from './tokenizer.ts';

const SENTENCES = ['the cat sat on the mat .', 'the dog sat on the log .', 'a cat and a dog .'];
const key = RandomKey.fromSeed(5);

describe('pre-training', () => {
  leaksNoTensors();

  const tokenizer = trainElmoVocabulary(SENTENCES);
  const config = { ...elmoTiny, hiddenSize: 8, memorySize: 16, dropout: 0.1, vocabSize: tokenizer.vocabSize };
  const examples = SENTENCES.map((sentence) => tokenizer.encodeToIds(sentence));
  const table = characterTable(tokenizer, config);
  type Batch = Parameters<ReturnType<typeof bidirectionalLanguageModeling>['loss']>[1];

  /** The loss and the gradient of every parameter. */
  const stepOf =
    (model: ElmoForBidirectionalLm, numSamples: number) =>
    (parameters: ParameterMap, batch: Batch, words: tf.Tensor): { loss: tf.Scalar; gradients: tf.Tensor[] } => {
      const objective = bidirectionalLanguageModeling({ characterTable: table, numSamples });
      const paths = Object.keys(parameters);
      const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
        const given = Object.fromEntries(values.map((value, index) => [paths[index] ?? '', value]));
        return objective.loss(withParameters(model, given), batch, RandomKey.fromTensor(words)).loss;
      })(Object.values(parameters));
      return { loss: value, gradients: grads };
    };

  it('is the same compiled, with sampled words and dropout', async () => {
    const model = new ElmoForBidirectionalLm(config, randomParameters(key));
    const engine = tf.engine();
    engine.startScope();
    const step = stepOf(model, 6);
    const batch = toBatchTensors(bidirectionalLanguageModeling({ characterTable: table }).prepare(examples, key));
    const words = tf.tensor1d(Int32Array.from(key.toWords()), 'int32');
    const compiled = jit(step, { engine: onnxRuntimeEngine() });
    const parameters = parametersOf(model);
    const got = await compiled(parameters, batch, words);
    const expected = step(parameters, batch, words);
    expect(got.loss).toBeAllClose(expected.loss, { relative: 1e-5 });
    Object.keys(parameters).forEach((path, index) => {
      expect(got.gradients[index], path).toBeAllClose(expected.gradients[index] ?? [], {
        ofLargest: 1e-4,
        absolute: 1e-7,
      });
    });
    engine.endScope();
    compiled.dispose();
    disposeModule(model);
  });

  it('learns which words follow and precede each other', async () => {
    const model = new ElmoForBidirectionalLm(config, randomParameters(key));
    const engine = tf.engine();
    engine.startScope();
    const gradientsOf = stepOf(model, 8192);
    const step = jit(
      (parameters: ParameterMap, batch: Batch, words: tf.Tensor) => {
        const { loss, gradients } = gradientsOf(parameters, batch, words);
        const updated = Object.entries(parameters).map(
          ([path, value], index) => [path, tf.sub(value, tf.mul(gradients[index] ?? 0, 1))] as const,
        );
        return { loss, parameters: Object.fromEntries(updated) };
      },
      { engine: onnxRuntimeEngine() },
    );
    const batch = toBatchTensors(bidirectionalLanguageModeling({ characterTable: table }).prepare(examples, key));
    const losses: number[] = [];
    let parameters = parametersOf(model);
    for (let i = 0; i < 150; i++) {
      const words = tf.tensor1d(Int32Array.from(key.fold(i).toWords()), 'int32');
      const result = await step(parameters, batch, words);
      ({ parameters } = result);
      losses.push(result.loss.dataSync()[0] ?? NaN);
    }
    expect(losses[0]).toBeCloseTo(Math.log(tokenizer.vocabSize), 0);
    expect(losses.at(-1)).toBeLessThan(0.7);
    engine.endScope();
    step.dispose();
    disposeModule(model);
  }, 60_000);
});
