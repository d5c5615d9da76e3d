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
import { blankInfilling, type BlankInfillingField } from '@cloze/objectives';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { eagerSteps, fillBlanks } from './fill-blanks.ts';
import { GlmForConditionalGeneration } from './heads.ts';
import { glmTiny } from './presets.ts';

const [PAD, MASK, DOCUMENT_MASK, START, END, FIRST] = [0, 1, 2, 3, 4, 5];
const tokens = { padTokenId: PAD, maskTokenId: MASK, startOfPieceTokenId: START, endOfPieceTokenId: END };
const config = {
  ...glmTiny,
  vocabSize: 10,
  maxPositions: 16,
  hiddenSize: 32,
  numHeads: 2,
  initializerRange: 0.1,
};

/** Counts round and round: 5 6 7 8 9 5 6 ... */
function counted(from: number, length: number): number[] {
  return Array.from({ length }, (_, place) => FIRST + ((from + place) % 5));
}

/** Steps of fixed size against the sign of the gradient: a learner without state. */
async function trained(model: GlmForConditionalGeneration, numSteps: number): Promise<GlmForConditionalGeneration> {
  const objective = blankInfilling({
    ...tokens,
    documentMaskTokenId: DOCUMENT_MASK,
    kinds: { tokens: 1, document: 1 },
    // Nearly always one token: what its blank is takes less time to learn than how long it is.
    meanSpanLength: 0.1,
    suffixProbability: 1,
    length: 20,
  });
  const step = jit(
    (parameters: ParameterMap, batch: BatchTensors<BlankInfillingField>, rate: tf.Tensor) => {
      const paths = Object.keys(parameters);
      const gradients = tf.grads((...values: tf.Tensor[]) => {
        const given = Object.fromEntries(values.map((value, index) => [paths[index] ?? '', value]));
        return objective.loss(withParameters(model, given), batch).loss;
      })(Object.values(parameters));
      const moved = Object.values(parameters).map((parameter, index) =>
        tf.sub(parameter, tf.mul(tf.sign(gradients[index] ?? 0), rate)),
      );
      return Object.fromEntries(moved.map((parameter, index) => [paths[index] ?? '', parameter]));
    },
    { engine: onnxRuntimeEngine(), donate: [0] },
  );
  let parameters = parametersOf(model);
  for (let index = 0; index < numSteps; index++) {
    const key = RandomKey.fromSeed(index);
    const texts = key.split(16).map((own) => counted(own.integer(5), 14));
    const batch = toBatchTensors(objective.prepare(texts, key.fold('blanks')));
    const rate = tf.scalar(0.003 * (1 - index / numSteps));
    parameters = await step(parameters, batch, rate);
    tf.dispose([rate, ...Object.values(batch)]);
  }
  step.dispose();
  return withParameters(model, parameters);
}

describe('pre-training', () => {
  leaksNoTensors();

  it('teaches a small model to fill blanks and to write on', async () => {
    const model = await trained(new GlmForConditionalGeneration(config, randomParameters(RandomKey.fromSeed(1))), 350);
    const options = { ...tokens, maskTokenIds: [MASK, DOCUMENT_MASK], maxTokens: 8 };
    const fill = (context: number[]) => fillBlanks(eagerSteps(model), context, options);
    for (let from = 0; from < 5; from++) {
      const text = counted(from, 14);
      const blanks = text.map((id, place) => (place === 3 || place === 8 ? MASK : id));
      expect((await fill(blanks)).ids).toEqual(text);
      expect((await fill([...text.slice(0, 6), DOCUMENT_MASK])).ids).toEqual(text);
    }
    disposeModule(model);
  });
});
