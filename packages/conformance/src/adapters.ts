import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  parametersOf,
  parseJson,
  parseSafetensors,
  toCheckpointTensors,
  withParameters,
  type HostTensor,
  type JsonObject,
  type ModelFamily,
  type ParameterMap,
} from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import type { TensorsByName } from '@cloze/objectives';
import { adapterFiles, loadAdapter, mergeAdapter, withVirtualOutputs, type AdaptedModel } from '@cloze/peft';
import '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { outputTensor, withFixture, type FamilyFixture, type FixtureModel, type LoadedFixture } from './fixture.ts';
import { lossAndGradients } from './loss-and-gradients.ts';
import { roundingOf } from './rounding.ts';

/** The methods of Hugging Face PEFT that there are fixtures of. */
export const ADAPTER_METHODS = [
  'lora',
  'lora-all',
  'dora',
  'ia3',
  'prefix',
  'prefix-projection',
  'prompt',
  'p-tuning',
  'p-tuning-lstm',
] as const;

/**
 * Compares an adapter on a model of a family with Hugging Face PEFT, eager and compiled: logits with the adapter, without it and merged (where it can be), the loss, and
 * the gradient of everything that is trained, every element. What is saved is what was loaded. Tolerances as in {@link testParity}.
 *
 * @param fixture `folder` holds `base/`, `adapter/` and `io.safetensors`.
 */
export function testAdapter(family: ModelFamily, fixture: FamilyFixture): void {
  const base = { ...fixture, folder: join(fixture.folder, 'base'), reference: fixture.folder };
  const withAdapter = (test: (loaded: LoadedFixture, adapted: AdaptedModel<FixtureModel>) => Promise<void>) =>
    withFixture(family, base, (loaded) =>
      test(loaded, loadAdapter(loaded.model, loaded.names, readAdapter(fixture.folder))),
    );

  describe(basename(fixture.folder), () => {
    it('computes the logits of the reference: base, adapted and merged', async () => {
      await withAdapter(async ({ model, inputs, expected }, adapted) => {
        const logits = (of: FixtureModel): tf.Tensor => outputTensor(withVirtualOutputs(of.forward(inputs)), 'logits');
        const expectLogits = (got: tf.Tensor, name: string): void => {
          expect(got.dataSync(), name).toBeAllClose(floats(expected, `output.${name}`), { absolute: 1e-4 });
        };
        expectLogits(logits(adapted.model), 'logits');
        if (expected.has('output.merged_logits')) expectLogits(logits(mergeAdapter(adapted.model)), 'merged_logits');
        expectLogits(logits(model), 'base_logits');
        await Promise.resolve();
      });
    });

    it('computes the loss and every gradient of the reference, eager and compiled', async () => {
      await withAdapter(async ({ inputs, targets = {}, expected }, adapted) => {
        const step = (trained: ParameterMap, frozen: ParameterMap, inputs: TensorsByName, targets: TensorsByName) =>
          lossAndGradients(withParameters(adapted.model, frozen), trained, { task: fixture.task, inputs, targets });
        const trained = parametersOf(adapted.model, adapted.trainable);
        const frozen = parametersOf(adapted.model, (path) => !adapted.trainable(path));
        const compiled = jit(step, { engine: onnxRuntimeEngine() });
        const results = [step(trained, frozen, inputs, targets), await compiled(trained, frozen, inputs, targets)];
        for (const { loss, gradients } of results) {
          expect(loss.dataSync()).toBeAllClose(floats(expected, 'output.loss'), { relative: 1e-5 });
          await expectGradients(gradients, adapted, expected);
        }
        compiled.dispose();
      });
    });

    it('saves what it loaded', async () => {
      await withAdapter(async (_, adapted) => {
        const [saved, read] = [await adapterFiles(adapted), readAdapter(fixture.folder)];
        expect(saved.config).toEqual(read.config);
        for (const [name, tensor] of saved.tensors) expect(tensor, name).toEqual(read.tensors.get(name));
        const names = [...read.tensors.keys()].filter((name) => !FURTHER_COPY.test(name));
        expect([...saved.tensors.keys()].sort()).toEqual(names.sort());
      });
    });
  });
}

/** PEFT saves a trained bias of the head three times. */
const FURTHER_COPY = /\.(original_module|modules_to_save)\.bias$/;

function readAdapter(folder: string): { config: JsonObject; tensors: ReadonlyMap<string, HostTensor> } {
  const path = join(folder, 'adapter');
  return {
    config: parseJson(readFileSync(join(path, 'adapter_config.json'))) as JsonObject,
    tensors: parseSafetensors(readFileSync(join(path, 'adapter_model.safetensors')), path).tensors,
  };
}

function floats(tensors: ReadonlyMap<string, HostTensor>, name: string): Float32Array {
  const data = tensors.get(name)?.data;
  if (!(data instanceof Float32Array)) throw new Error(`The fixture has no floating point tensor ${name}.`);
  return data;
}

async function expectGradients(
  gradients: ParameterMap,
  { names }: AdaptedModel,
  expected: ReadonlyMap<string, HostTensor>,
): Promise<void> {
  const ofReference = [...expected].flatMap(([name, tensor]) =>
    name.startsWith('grad.') ? [[name.slice('grad.'.length), tensor] as const] : [],
  );
  const wanted = new Map(ofReference.map(([name, tensor]) => [savedName(name), tensor]));
  const got = await toCheckpointTensors(gradients, names);
  const lastBias = ofReference.filter(([name]) => NETWORK_BIAS.test(name)).at(-1);
  const table = got.get('prompt_embeddings');
  if (lastBias !== undefined && table !== undefined) {
    // Adapter files hold what a network computes, not the network. Its last bias is added to every row, so its gradient is their sum.
    for (const name of wanted.keys()) if (name.startsWith('prompt_encoder')) wanted.delete(name);
    wanted.set('prompt_embeddings', lastBias[1]);
    got.set('prompt_embeddings', columnSums(table));
  }
  expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort());
  const absolute = roundingOf([...wanted.values()].map(({ data }) => data as Float32Array));
  for (const [name, { shape, data }] of wanted) {
    expect(got.get(name)?.shape, name).toEqual(shape);
    expect(got.get(name)?.data, name).toBeAllClose(data as Float32Array, { ofLargest: 1e-4, absolute });
  }
}

const NETWORK_BIAS = /^prompt_encoder\.default\.(mlp_head|transform)\.\d\.bias$/;

function columnSums({ dtype, shape, data }: HostTensor): HostTensor {
  const sums = tf.tidy(() => tf.sum(tf.tensor(data as Float32Array, [...shape]), 0));
  return { dtype, shape: shape.slice(1), data: sums.dataSync() };
}

/** The name in files for PEFT's name in memory, which has the adapter's name, `default`, in it. */
function savedName(inMemory: string): string {
  return inMemory
    .replace('.modules_to_save.default', '')
    .replace('.lora_magnitude_vector.default.weight', '.lora_magnitude_vector')
    .replace('prompt_encoder.default.embedding.weight', 'prompt_embeddings')
    .replace('.default', '');
}
