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
  type TargetTokens,
} from '@cloze/core';
import { TASK_LOSSES, taskInputs, taskTargets, type TensorsByName } from '@cloze/objectives';
import { withVirtualOutputs } from '@cloze/peft';

/** A folder in Hugging Face's layout with `io.safetensors` beside it: inputs, outputs and gradients of the reference implementation. */
export interface FamilyFixture {
  /** An absolute path. */
  readonly folder: string;
  /** The folder of `io.safetensors` where it stands elsewhere. */
  readonly reference?: string;
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
  /** The model's inputs by our names, without targets; a decoder's are the shifted targets. */
  readonly inputs: TensorsByName;
  /** What the task's loss needs besides outputs; undefined where the fixture has no loss. */
  readonly targets: TensorsByName | undefined;
  /** `output.*` and `grad.*`. */
  readonly expected: ReadonlyMap<string, HostTensor>;
}

/** Loads a fixture. The caller owns the tensors. */
export function loadFixture(family: ModelFamily, { folder, reference = folder, task }: FamilyFixture): LoadedFixture {
  const config = readConfig(family, folder);
  const names = family.checkpointNames(config, task);
  const weights = readWeights(folder);
  const model = family.create(config, task, checkpointParameters(weights, names)) as FixtureModel;
  const { tensors: expected } = parseSafetensors(readFileSync(join(reference, 'io.safetensors')), reference);
  const given = Object.fromEntries(
    [...expected]
      .filter(([name]) => name.startsWith('input.'))
      .map(([name, tensor]) => [toCamelCase(name.slice('input.'.length)), toTensor(tensor)]),
  );
  const inputs = taskInputs(task, given, targetTokensOf(model));
  return { model, names, weights, inputs, targets: taskTargets(task, given), expected };
}

function targetTokensOf(model: object): TargetTokens | undefined {
  return 'decoderStartTokenId' in model && 'padTokenId' in model ? (model as TargetTokens) : undefined;
}

/** The loss of a fixture's task. */
export function lossOf(task: string, outputs: Readonly<Record<string, unknown>>, targets: TensorsByName): tf.Scalar {
  const entry = TASK_LOSSES[task];
  if (entry === undefined) throw new Error(`There is no loss for ${task}; add it to task-losses.ts of objectives.`);
  return entry.loss(withVirtualOutputs(outputs), targets);
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
  const config = family.parseConfig(parseJson(readFileSync(join(folder, 'config.json')), { file: folder }));
  return family.settleConfig?.(config, readWeights(folder).keys()) ?? config;
}

function readWeights(folder: string): ReadonlyMap<string, HostTensor> {
  return parseSafetensors(readFileSync(join(folder, 'model.safetensors')), folder).tensors;
}

/** The names of outputs that are tensors: logits of any kind, hidden states. */
export function tensorOutputs(outputs: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(outputs).filter((name) => isTensor(outputs[name]));
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
