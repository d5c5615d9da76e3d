import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  checkpointParameters,
  parametersOf,
  parseSafetensors,
  RandomKey,
  randomParameters,
  toCheckpointTensors,
  withParameters,
  type CheckpointEntry,
  type HostTensor,
  type Module,
  type ParameterMap,
  type ParameterSource,
} from '@cloze/core';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { LstmLayer } from './lstm-layer.ts';
import { LstmPromptEncoder } from './lstm-prompt-encoder.ts';
import { MlpPromptEncoder } from './mlp-prompt-encoder.ts';
import { promptEncoderEntries, pTuningConfig } from './p-tuning-config.ts';
import { PROJECTION_ENTRIES } from './prefix-config.ts';
import { ProjectedPrefix } from './prefix-table.ts';
import { isFoldable } from './virtual-tokens.ts';
import { virtualEntries } from './virtual-plan.ts';

const source = randomParameters(RandomKey.fromSeed(1));
const x = tf.tensor2d([
  [1, -0.5],
  [0.3, 0.8],
  [-1, 0.2],
]);
const SIZES = { numVectors: 6, size: 6, encoderHiddenSize: 5 };
const PREFIX_SIZES = { numVirtualTokens: 3, numRows: 4, rowSize: 6, encoderHiddenSize: 5, startsAtZero: false };

interface Network {
  readonly entries: Readonly<Record<string, CheckpointEntry>>;
  readonly create: (source: ParameterSource) => Module;
  /** All vectors. */
  readonly compute: (network: never) => tf.Tensor;
}

const allRows = (prefix: ProjectedPrefix): tf.Tensor =>
  tf.concat(
    Array.from({ length: prefix.numRows }, (_, row) => prefix.forward(row)),
    1,
  );

const NETWORKS: Readonly<Record<string, Network>> = {
  mlp: {
    entries: promptEncoderEntries(pTuningConfig()),
    create: (source) => new MlpPromptEncoder(SIZES, source),
    compute: (network: MlpPromptEncoder) => network.forward(),
  },
  lstm: {
    entries: promptEncoderEntries(pTuningConfig({ encoder: 'lstm' })),
    create: (source) => new LstmPromptEncoder({ ...SIZES, encoderNumLayers: 2, encoderDropout: 0.5 }, source),
    compute: (network: LstmPromptEncoder) => network.forward(),
  },
  prefix: {
    entries: PROJECTION_ENTRIES,
    create: (source) => new ProjectedPrefix(PREFIX_SIZES, source),
    compute: allRows,
  },
};

// Made with Hugging Face PEFT by fixtures/generate.py.
const fixture = parseSafetensors(
  readFileSync(join(import.meta.dirname, 'fixtures/prompt-encoders.safetensors')),
).tensors;

describe.each(Object.entries(NETWORKS))('The network %s', (name, { entries, create, compute }) => {
  leaksNoTensors();

  it('computes the vectors and every gradient of the reference', async () => {
    const names = { entries: virtualEntries('network', entries) };
    const network = create(checkpointParameters(below(`${name}.parameter.`), names).at('network'));
    const parameters = parametersOf(network);
    const weights = tensorOf(`${name}.weights`);
    const output = tf.tidy(() => compute(network as never));
    expect(output.dataSync()).toBeAllClose(floats(`${name}.output`), { absolute: 1e-6 });

    const { grads, value } = tf.valueAndGrads((...values: tf.Tensor[]) =>
      tf.sum(tf.mul(compute(given(network, parameters, values) as never), weights)),
    )(Object.values(parameters));
    const byPath = Object.keys(parameters).map((path, index) => [`network.${path}`, grads[index] as tf.Tensor]);
    const got = await toCheckpointTensors(Object.fromEntries(byPath) as ParameterMap, names);
    const wanted = below(`${name}.grad.`);
    expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [parameter, { data, shape }] of wanted) {
      expect(got.get(parameter)?.shape, parameter).toEqual(shape);
      expect(got.get(parameter)?.data, parameter).toBeAllClose(data as Float32Array, { ofLargest: 1e-5 });
    }
    tf.dispose([output, weights, value, grads, parameters]);
  });

  it('is folded into a table that gives the same', () => {
    tf.tidy(() => {
      const network = create(source);
      if (!isFoldable(network)) throw new Error('It is foldable.');
      const [table] = Object.values(parametersOf(network.folded()));
      expect(table).toBeAllClose(compute(network as never), { absolute: 1e-6 });
    });
  });
});

describe('Finite differences', () => {
  leaksNoTensors();

  // ReLU has kinks; the network with it is compared with the reference only.
  it.each([
    ['an LSTM', new LstmLayer({ inputSize: 2, hiddenSize: 2 }, source), (layer: LstmLayer) => layer.forward(x)],
    ['a projection', new ProjectedPrefix({ ...PREFIX_SIZES, rowSize: 2 }, source), allRows],
  ] as const)('agree with the gradients of %s', (_, network, compute) => {
    tf.tidy(() => {
      const parameters = parametersOf(network);
      checkGradients((...values) => compute(given(network, parameters, values) as never), Object.values(parameters));
    });
  });
});

describe('LstmPromptEncoder', () => {
  leaksNoTensors();

  it('drops out between its layers, if and only if there is a key', () => {
    tf.tidy(() => {
      const config = { ...SIZES, encoderNumLayers: 2, encoderDropout: 0.5 };
      const encoder = new LstmPromptEncoder(config, source);
      const key = RandomKey.fromSeed(3);
      expect(encoder.forward({ key })).toBeAllClose(encoder.forward({ key }), {});
      expect(encoder.forward({ key })).not.toBeAllClose(encoder.forward(), { absolute: 1e-3 });
    });
  });
});

function below(prefix: string): Map<string, HostTensor> {
  const tensors = [...fixture].filter(([name]) => name.startsWith(prefix));
  return new Map(tensors.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function floats(name: string): Float32Array {
  return fixture.get(name)?.data as Float32Array;
}

function tensorOf(name: string): tf.Tensor {
  return tf.tensor(floats(name).slice(), [...(fixture.get(name)?.shape ?? [])]);
}

function given(network: Module, parameters: ParameterMap, values: readonly tf.Tensor[]): Module {
  const byPath = Object.keys(parameters).map((path, index) => [path, values[index] as tf.Tensor]);
  return withParameters(network, Object.fromEntries(byPath) as ParameterMap);
}
