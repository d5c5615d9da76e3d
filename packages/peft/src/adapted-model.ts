import * as tf from '@tensorflow/tfjs';
import {
  checkpointParameters,
  parametersOf,
  randomParameters,
  replaceModules,
  toCheckpointTensors,
  withParameters,
  type CheckpointNames,
  type HostTensor,
  type HostTensors,
  type JsonObject,
  type JsonValue,
  type Module,
  type ParameterFilter,
  type ParameterMap,
  type RandomKey,
} from '@cloze/core';
import { parseAdapterConfig, toAdapterConfigJson, type AdapterConfig } from './adapter-config.ts';
import { planAdapter, type AdapterPlan } from './adapter-plan.ts';
import { withHead } from './trained-parameters.ts';
import { isFoldable } from './virtual-tokens.ts';

/**
 * A model with an adapter. It shares the frozen parameters with the model that it was made from, which is unchanged: several adapters may stand on
 * one base at once. It owns what it trains; free that with {@link disposeAdapter}, and the base on its own.
 */
export interface AdaptedModel<M extends Module = Module> {
  readonly model: M;
  readonly config: AdapterConfig;
  /** Selects what is trained and saved, by the paths of `model`. */
  readonly trainable: ParameterFilter;
  /** The parameters of the base in whose place others are trained, such as those of a new head, by their paths in the base. */
  readonly replaced: ReadonlySet<string>;
  /** Where what is trained stands in an adapter file. */
  readonly names: CheckpointNames;
}

/**
 * Puts a new adapter on a model. The outputs are those of the model until it is trained.
 *
 * @param model a model without an adapter.
 * @param names its table, `family.checkpointNames(config, task)`: adapters name layers as published files do.
 * @throws {ConfigError} when no layer is a target.
 */
export function createAdapter<M extends Module>(
  model: M,
  names: CheckpointNames,
  { config, key }: { readonly config: AdapterConfig; readonly key: RandomKey },
): AdaptedModel<M> {
  const plan = planAdapter(model, names, { config: withHead(config, model, names), isFolded: false });
  const wrapped = plan.wrap(model, randomParameters(key));
  const copied = parametersOf(wrapped, isTrainedOfBase(plan));
  const own = Object.fromEntries(Object.entries(copied).map(([path, tensor]) => [path, tf.clone(tensor)]));
  return adapted(withParameters(wrapped, own), plan.config, plan);
}

/**
 * Puts a saved adapter on a model.
 *
 * @param files the content of `adapter_config.json` and `adapter_model.safetensors`, as Hugging Face PEFT and {@link adapterFiles} write them.
 * @throws {ConfigError} when the configuration cannot be used, or fits no layer of the model.
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when the adapter was made for another model.
 */
export function loadAdapter<M extends Module>(
  model: M,
  names: CheckpointNames,
  files: { readonly config: JsonValue; readonly tensors: HostTensors; readonly file?: string },
): AdaptedModel<M> {
  const config = parseAdapterConfig(files.config);
  const isFolded = files.tensors.get('prompt_embeddings') !== undefined;
  const plan = planAdapter(model, names, { config, isFolded });
  const source = checkpointParameters(files.tensors, plan.names, { ...(files.file && { file: files.file }) });
  const wrapped = plan.wrap(model, source);
  const copied = parametersOf(wrapped, isTrainedOfBase(plan));
  const loaded = Object.entries(copied).map(([path, { shape }]) => {
    const segments = path.split('.');
    return [path, source.at(...segments.slice(0, -1)).get(segments.at(-1) ?? '', shape, unused)] as const;
  });
  return adapted(withParameters(wrapped, Object.fromEntries(loaded)), config, plan);
}

/**
 * The files of an adapter, for Hugging Face PEFT as for {@link loadAdapter}. Of a network that computes virtual tokens, they hold what it computes.
 *
 * To go on training the network, keep `toCheckpointTensors(parametersOf(model, trainable), names)`; {@link loadAdapter} reads that, too.
 */
export async function adapterFiles({
  model,
  config,
  trainable,
  names,
}: AdaptedModel): Promise<{ readonly config: JsonObject; readonly tensors: ReadonlyMap<string, HostTensor> }> {
  const folded = replaceModules(model, (module) => (isFoldable(module) ? module.folded() : module));
  const parameters = parametersOf(folded, trainable);
  const tensors = await toCheckpointTensors(parameters, names);
  const kept = new Set(Object.values(parametersOf(model)));
  tf.dispose(Object.values(parameters).filter((tensor) => !kept.has(tensor)));
  return { config: toAdapterConfigJson(config), tensors };
}

/** Frees what an adapter owns. Its base stays usable. */
export function disposeAdapter({ model, trainable }: AdaptedModel): void {
  tf.dispose(Object.values(parametersOf(model, trainable)));
}

function adapted<M extends Module>(model: M, config: AdapterConfig, { names, trained }: AdapterPlan): AdaptedModel<M> {
  return {
    model,
    config,
    names,
    replaced: new Set(trained.keys()),
    trainable: (path) => Object.hasOwn(names.entries, path),
  };
}

/** Selects what is trained of the base itself. */
function isTrainedOfBase({ trained }: AdapterPlan): ParameterFilter {
  const paths = new Set(trained.values());
  return (path) => paths.has(path);
}

/** A file's tensors need no first values. */
function unused(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((product, length) => product * length, 1));
}

/** How much of a model is trained. */
export interface ParameterCounts {
  readonly numTrainable: number;
  /** Adapter included. */
  readonly numParameters: number;
}

/** Counts the numbers in a model, and those that are trained. */
export function countParameters(model: Module, trainable: ParameterFilter): ParameterCounts {
  const count = (parameters: ParameterMap): number =>
    Object.values(parameters).reduce((sum, { size }) => sum + size, 0);
  return { numTrainable: count(parametersOf(model, trainable)), numParameters: count(parametersOf(model)) };
}
