import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  MultiHeadAttention,
  parametersOf,
  RandomKey,
  randomParameters,
  withParameters,
  type ParameterMap,
} from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BertConfig } from './config.ts';
import { BertModel } from './model.ts';
import { bertTiny } from './presets.ts';

const [NUM_HEADS, HEAD_SIZE, LENGTH] = [2, 4, 5];
const HIDDEN_SIZE = NUM_HEADS * HEAD_SIZE;
const tiny: BertConfig = {
  ...bertTiny,
  vocabSize: 11,
  maxPositions: 8,
  hiddenSize: HIDDEN_SIZE,
  numHeads: NUM_HEADS,
  intermediateSize: 16,
  initializerRange: 0.5,
};
const MASK = [
  [1, 1, 1, 1, 1],
  [1, 1, 1, 0, 0],
];
const inputs = (): { inputIds: tf.Tensor; attentionMask: tf.Tensor } => ({
  inputIds: tf.tensor2d(
    [
      [3, 1, 4, 1, 5],
      [9, 2, 6, 0, 0],
    ],
    undefined,
    'int32',
  ),
  attentionMask: tf.tensor2d(MASK, undefined, 'int32'),
});

/** A projection of the tokens of a sequence, by head: [H][T][K]. */
function heads(x: number[][], { weight, bias }: { weight: number[][]; bias: number[] }): number[][][] {
  const projected = x.map((row) =>
    bias.map((offset, column) =>
      row.reduce((sum, value, index) => sum + value * (weight[index]?.[column] ?? 0), offset),
    ),
  );
  return Array.from({ length: NUM_HEADS }, (_, head) =>
    projected.map((row) => row.slice(head * HEAD_SIZE, (head + 1) * HEAD_SIZE)),
  );
}

/** The weights of attention of one sequence and head, number by number: [T][T]. */
function weightsByHand(queries: number[][], keys: number[][], mask: readonly number[]): number[][] {
  return queries.map((query) => {
    const exponentials = keys.map((key, source) => {
      const product = query.reduce((sum, value, index) => sum + value * (key[index] ?? 0), 0);
      return mask[source] === 1 ? Math.exp(product / Math.sqrt(HEAD_SIZE)) : 0;
    });
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    return exponentials.map((value) => value / total);
  });
}

describe('BertModel', () => {
  leaksNoTensors();

  it('gives the attention of every layer and head, as computed by hand', () => {
    const model = new BertModel(tiny, randomParameters(RandomKey.fromSeed(1)));
    tf.tidy(() => {
      const { attentions, hiddenStates } = model.forward(inputs());
      expect(attentions.map(({ shape }) => shape)).toEqual(model.layers.map(() => [2, NUM_HEADS, LENGTH, LENGTH]));
      model.layers.forEach(({ attention }, layer) => {
        if (!(attention instanceof MultiHeadAttention)) throw new Error('BERT has another attention.');
        const values = Object.fromEntries(
          Object.entries(parametersOf(attention)).map(([path, tensor]) => [path, tensor.arraySync()]),
        );
        const projection = (name: string) => ({
          weight: values[`${name}.weight`] as number[][],
          bias: values[`${name}.bias`] as number[],
        });
        const states = hiddenStates[layer]?.arraySync() as number[][][];
        const expected = states.map((x, row) => {
          const [queries, keys] = [heads(x, projection('query')), heads(x, projection('key'))];
          return queries.map((query, head) => weightsByHand(query, keys[head] ?? [], MASK[row] ?? []));
        });
        expect(attentions[layer]).toBeAllClose(expected, { absolute: 1e-6 });
      });
    });
    disposeModule(model);
  });

  it('gives the same attention compiled', async () => {
    const model = new BertModel(tiny, randomParameters(RandomKey.fromSeed(1)));
    const compiled = jit(
      (parameters: ParameterMap, given: ReturnType<typeof inputs>) =>
        withParameters(model, parameters).forward(given).attentions,
      { engine: onnxRuntimeEngine() },
    );
    const given = inputs();
    const attentions = await compiled(parametersOf(model), given);
    tf.tidy(() => {
      const eager = model.forward(given).attentions;
      expect(attentions).toHaveLength(eager.length);
      attentions.forEach((weights, layer) => {
        expect(weights).toBeAllClose(eager[layer] ?? tf.scalar(0), { absolute: 1e-6 });
        expect(tf.sum(weights, -1)).toBeAllClose(tf.ones([2, NUM_HEADS, LENGTH]), { absolute: 1e-6 });
      });
    });
    compiled.dispose();
    tf.dispose([...attentions, ...Object.values(given)]);
    disposeModule(model);
  });
});
