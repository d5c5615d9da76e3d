import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  checkpointParameters,
  disposeModule,
  isTensor,
  parseJson,
  parseSafetensors,
  toTensor,
  type CheckpointNames,
  type ForwardOptions,
  type HostTensor,
  type ModelFamily,
  type Module,
} from '@cloze/core';

/** A folder in Hugging Face's layout with `io.safetensors` beside it: inputs, outputs and gradients of the reference implementation. */
export interface FamilyFixture {
  /** An absolute path. */
  readonly folder: string;
  /** The task whose model the folder holds; a key of the family's `architectures`. */
  readonly task: string;
}

/** A model as the suite sees it: named tensors in, named tensors out. */
export interface FixtureModel extends Module {
  forward(inputs: Readonly<Record<string, tf.Tensor>>, options?: ForwardOptions): Readonly<Record<string, unknown>>;
}

/** A loaded fixture. */
export interface LoadedFixture {
  readonly model: FixtureModel;
  readonly names: CheckpointNames;
  /** `model.safetensors`. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** The model's inputs by our names, without `labels`. */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly labels: tf.Tensor | undefined;
  /** `output.*` and `grad.*`. */
  readonly expected: ReadonlyMap<string, HostTensor>;
}

/** Loads a fixture. The caller owns the tensors. */
export function loadFixture(family: ModelFamily, { folder, task }: FamilyFixture): LoadedFixture {
  const config = readConfig(family, folder);
  const names = family.checkpointNames(config, task);
  const { tensors: weights } = parseSafetensors(readFileSync(join(folder, 'model.safetensors')), folder);
  const model = family.create(config, task, checkpointParameters(weights, names)) as FixtureModel;
  const { tensors: expected } = parseSafetensors(readFileSync(join(folder, 'io.safetensors')), folder);
  const inputs: Record<string, tf.Tensor> = {};
  let labels: tf.Tensor | undefined;
  for (const [name, tensor] of expected) {
    if (name === 'input.labels') labels = toTensor(tensor);
    else if (name.startsWith('input.')) inputs[toCamelCase(name.slice('input.'.length))] = toTensor(tensor);
  }
  return { model, names, weights, inputs, labels, expected };
}

/** Runs a test with a loaded fixture and frees everything afterwards. */
export async function withFixture(
  family: ModelFamily,
  fixture: FamilyFixture,
  test: (loaded: LoadedFixture) => Promise<void> | void,
): Promise<void> {
  const engine = tf.engine();
  engine.startScope();
  try {
    const loaded = loadFixture(family, fixture);
    await test(loaded);
    disposeModule(loaded.model);
  } finally {
    engine.endScope();
  }
}

/** The configuration of a fixture. */
export function readConfig(family: ModelFamily, folder: string): object {
  return family.parseConfig(parseJson(readFileSync(join(folder, 'config.json')), { file: folder }));
}

/** An output of a model that must be a tensor. */
export function outputTensor(outputs: Readonly<Record<string, unknown>>, name: string): tf.Tensor {
  const output = outputs[name];
  if (!isTensor(output)) throw new Error(`The model has no output ${name}; it has ${Object.keys(outputs).join(', ')}.`);
  return output;
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
