import * as tf from '@tensorflow/tfjs';
import {
  causalBias,
  dropout,
  geluTanh,
  layerNormalization,
  mergeHeads,
  RandomKey,
  scaledDotProductAttention,
  splitHeads,
} from '@cloze/core';
import { sizeOf } from './graph.ts';
import { createNumbers, floats, integers } from './test-tensors.ts';

/** The state of a small transformer under AdamW: parameters and two moments each. */
export type NetworkState = {
  readonly parameters: Readonly<Record<string, tf.Tensor>>;
  readonly mean: Readonly<Record<string, tf.Tensor>>;
  readonly square: Readonly<Record<string, tf.Tensor>>;
};

/** What one step reads beside the state. */
export type StepInputs = {
  readonly ids: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly learningRate: tf.Tensor;
  readonly key: tf.Tensor;
};

const [BATCH, LENGTH, WIDTH, VOCABULARY, HEADS] = [3, 7, 8, 19, 2];
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  tokens: [VOCABULARY, WIDTH],
  positions: [16, WIDTH],
  scale: [WIDTH],
  bias: [WIDTH],
  queryKeyValue: [WIDTH, 3 * WIDTH],
  output: [WIDTH, WIDTH],
  up: [WIDTH, 4 * WIDTH],
  upBias: [4 * WIDTH],
  down: [4 * WIDTH, WIDTH],
};

export function createNetworkState(seed: number): NetworkState {
  const next = createNumbers(seed);
  const all = (range: readonly [number, number]): Record<string, tf.Tensor> =>
    Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, floats(next, shape, range)]));
  return { parameters: all([-0.5, 0.5]), mean: all([-0.01, 0.01]), square: all([0, 0.01]) };
}

export function createStepInputs(seed: number): StepInputs {
  const next = createNumbers(seed);
  return {
    ids: integers(next, [BATCH, LENGTH], VOCABULARY),
    labels: tf.sub(integers(next, [BATCH * LENGTH], VOCABULARY + 1), tf.scalar(1, 'int32')),
    learningRate: tf.scalar(0.01),
    key: tf.tensor1d([1234567, -89], 'int32'),
  };
}

/** One AdamW step of one block with everything that a transformer's step has: tied embeddings, attention, dropout, clipping, masked labels. */
export function networkStep(
  state: NetworkState,
  { ids, labels, learningRate, key }: StepInputs,
): { state: NetworkState; loss: tf.Tensor } {
  const names = Object.keys(state.parameters);
  const list = names.map((name) => get(state.parameters, name));
  const { value, grads } = tf.valueAndGrads((...parameters: tf.Tensor[]) =>
    loss(Object.fromEntries(names.map((name, index) => [name, parameters[index] ?? tf.scalar(0)])), {
      ids,
      labels,
      key,
    }),
  )(list);
  const norm = tf.sqrt(tf.addN(grads.map((gradient) => tf.sum(tf.square(gradient)))));
  const clip = tf.minimum(tf.div(1, norm), 1);
  const entries = names.map((name, index) => {
    const gradient = tf.mul(grads[index] ?? tf.scalar(0), clip);
    const mean = tf.add(tf.mul(get(state.mean, name), 0.9), tf.mul(gradient, 0.1));
    const square = tf.add(tf.mul(get(state.square, name), 0.99), tf.mul(tf.square(gradient), 0.01));
    const update = tf.add(tf.div(mean, tf.add(tf.sqrt(square), 1e-8)), tf.mul(get(state.parameters, name), 0.1));
    return { name, mean, square, parameter: tf.sub(get(state.parameters, name), tf.mul(update, learningRate)) };
  });
  return {
    loss: value,
    state: {
      parameters: Object.fromEntries(entries.map(({ name, parameter }) => [name, parameter])),
      mean: Object.fromEntries(entries.map(({ name, mean }) => [name, mean])),
      square: Object.fromEntries(entries.map(({ name, square }) => [name, square])),
    },
  };
}

function loss(
  parameters: Readonly<Record<string, tf.Tensor>>,
  { ids, labels, key }: Omit<StepInputs, 'learningRate'>,
): tf.Scalar {
  const p = (name: string): tf.Tensor => get(parameters, name);
  const root = RandomKey.fromTensor(key);
  const linear = (x: tf.Tensor, name: string): tf.Tensor => {
    const weight = p(name);
    const flat = tf.matMul(tf.reshape(x, [-1, sizeOf(weight.shape.slice(0, 1))]), weight);
    return tf.reshape(flat, [...x.shape.slice(0, -1), -1]);
  };
  let x: tf.Tensor = tf.add(tf.gather(p('tokens'), ids), tf.slice(p('positions'), [0, 0], [LENGTH, WIDTH]));
  const [q, k, v] = tf
    .split(linear(layerNormalization(x, p('scale'), p('bias'), 1e-5), 'queryKeyValue'), 3, -1)
    .map((part) => splitHeads(part, HEADS));
  if (q === undefined || k === undefined || v === undefined) throw new Error('A third is missing.');
  const { context } = scaledDotProductAttention(q, { key: k, value: v }, { bias: causalBias(LENGTH, 0) });
  x = tf.add(x, dropout(linear(mergeHeads(context), 'output'), 0.1, root.fold('attention')));
  const hidden = geluTanh(tf.add(linear(layerNormalization(x, p('scale'), p('bias'), 1e-5), 'up'), p('upBias')));
  x = tf.add(x, dropout(linear(hidden, 'down'), 0.1, root.fold('feed-forward')));
  const logits = tf.matMul(tf.reshape(x, [BATCH * LENGTH, WIDTH]), p('tokens'), false, true);
  const isKept = tf.cast(tf.greaterEqual(labels, 0), 'float32');
  const logProbabilities = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, VOCABULARY)), -1);
  return tf.neg(tf.div(tf.sum(tf.mul(logProbabilities, isKept)), tf.sum(isKept)));
}

function get(record: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const tensor = record[name];
  if (tensor === undefined) throw new Error(`There is no tensor ${name}.`);
  return tensor;
}
