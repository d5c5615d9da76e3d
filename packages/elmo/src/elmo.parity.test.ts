import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointParameters,
  disposeModule,
  parametersOf,
  parseJson,
  parseSafetensors,
  placeholderParameters,
  toTensor,
  withParameters,
  type HostTensors,
  type ParameterMap,
} from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors, parityFolder } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentencesToCharacterIds } from './characters.ts';
import { elmoCheckpointNames } from './checkpoint.ts';
import { parseElmoConfig } from './config.ts';
import type { ElmoState } from './encoder.ts';
import { readElmoHdf5 } from './hdf5.ts';
import { ElmoModel, type ElmoOutputs } from './model.ts';
import { ScalarMix } from './scalar-mix.ts';

const parity = parityFolder();
const read = (name: string): Buffer => readFileSync(join(parity ?? '', 'elmo', name));
const TOLERANCE = { absolute: 1e-4 };

describe.runIf(parity !== undefined)('ELMo equals the published embeddings', () => {
  leaksNoTensors();

  let model: ElmoModel;
  let weights: HostTensors;
  /** Batch i holds sentence i of three streams. */
  let batches: readonly (readonly string[][])[];

  beforeAll(() => {
    const config = parseElmoConfig(parseJson(read('options.json')));
    weights = parseSafetensors(read('lm_weights.safetensors')).tensors;
    model = new ElmoModel(config, checkpointParameters(weights, elmoCheckpointNames(config, '')));
    const streams = JSON.parse(read('sentences.json').toString()) as string[][];
    batches = (streams[0] ?? []).map((_, i) => streams.map((sentences) => (sentences[i] ?? '').split(' ')));
  });

  afterAll(() => {
    disposeModule(model);
  });

  /** All padded to the longest sentence of the fixture, so that one compiled variant reads them all. */
  const idsOf = (sentences: readonly (readonly string[])[]): tf.Tensor => {
    const { data, shape } = sentencesToCharacterIds([...sentences, ...batches.flat()]);
    return tf.slice(tf.tensor(data, [...shape], 'int32'), [0, 0, 0], [sentences.length, -1, -1]);
  };
  const wordsOf = (layer: tf.Tensor, row: number, numWords: number): tf.Tensor =>
    tf.squeeze(tf.slice(layer, [row, 1, 0], [1, numWords, -1]), [0]);

  const compiled = jit(
    (parameters: ParameterMap, inputIds: tf.Tensor, state: ElmoState | undefined) => {
      const { hiddenStates, state: next } = withParameters(model, parameters).forward({ inputIds, state });
      return { hiddenStates, state: next };
    },
    { engine: onnxRuntimeEngine() },
  );
  afterAll(() => {
    compiled.dispose();
  });

  type Forward = (ids: tf.Tensor, state?: ElmoState) => Promise<Pick<ElmoOutputs, 'hiddenStates' | 'state'>>;
  const ways: Readonly<Record<string, Forward>> = {
    eager: (inputIds, state) => Promise.resolve(model.forward({ inputIds, state })),
    compiled: (inputIds, state) => compiled(parametersOf(model), inputIds, state),
  };

  for (const [way, forward] of Object.entries(ways)) {
    it(`with state that is carried from batch to batch, ${way}`, async () => {
      await inScope(async () => {
        const { tensors: expected } = parseSafetensors(read('expected_stateful.safetensors'));
        let state: ElmoState | undefined;
        for (const [i, sentences] of batches.entries()) {
          const outputs = await forward(idsOf(sentences), state);
          state = outputs.state;
          const top = outputs.hiddenStates.at(-1);
          for (const [row, words] of sentences.entries()) {
            const name = `top_layer.${row}.${i}`;
            expect(top && wordsOf(top, row, words.length), name).toBeAllClose(tensorOf(expected, name), TOLERANCE);
          }
        }
      });
    }, 60_000);

    it(`in every layer and in the mix, without state, ${way}`, async () => {
      await inScope(async () => {
        const { tensors: expected } = parseSafetensors(read('expected_stateless.safetensors'));
        const sentences = batches.map(([first]) => first ?? []);
        const { hiddenStates } = await forward(idsOf(sentences));
        const mixed = mixOf([0.3, -0.2, 0.9], 1.7).forward(hiddenStates, tf.ones([1]));
        for (const [i, sentence] of sentences.entries()) {
          const layers = hiddenStates.map((layer) => tf.slice(layer, [i, 0, 0], [1, sentence.length + 2, -1]));
          expect(tf.concat(layers), `layers.${i}`).toBeAllClose(tensorOf(expected, `layers.${i}`), TOLERANCE);
          expect(wordsOf(mixed, i, sentence.length), `mix.${i}`).toBeAllClose(
            tensorOf(expected, `mix.${i}`),
            TOLERANCE,
          );
        }
      });
    }, 60_000);
  }

  it('reads the HDF5 file as the safetensors file', async () => {
    const hdf5 = await readElmoHdf5(read('lm_weights.hdf5'));
    expect([...hdf5.keys()].sort()).toEqual([...weights.keys()].sort());
    for (const name of weights.keys()) expect(hdf5.get(name), name).toEqual(weights.get(name));
  });
});

function tensorOf(tensors: HostTensors, name: string): tf.Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`The fixture has no ${name}.`);
  return toTensor(tensor);
}

/** A mix with given values. */
function mixOf(scalars: readonly number[], gamma: number): ScalarMix {
  const mix = new ScalarMix({ numLayers: scalars.length, normalizes: false }, placeholderParameters());
  const entries = scalars.map((value, index) => [`scalars.${index}`, tf.tensor1d([value])] as const);
  return withParameters(mix, { ...Object.fromEntries(entries), gamma: tf.tensor1d([gamma]) });
}

async function inScope(body: () => Promise<void>): Promise<void> {
  const engine = tf.engine();
  engine.startScope();
  try {
    await body();
  } finally {
    engine.endScope();
  }
}
