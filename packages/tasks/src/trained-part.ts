import {
  checkpointParameters,
  ClozeError,
  ConfigError,
  parametersOf,
  withParameters,
  type CheckpointNames,
  type HostTensors,
  type Module,
  type ParameterFilter,
  type RandomKey,
} from '@cloze/core';
import { createAdapter, disposeAdapter, methodConfig, type AdaptedModel, type MethodName } from '@cloze/peft';
import type { BaseModel } from './base-model.ts';

/** A model, and what of it is trained. */
export interface TrainedPart {
  readonly model: Module;
  readonly trainable: ParameterFilter;
  /** How the parameters are called in checkpoints. */
  readonly names: CheckpointNames;
  /** Absent where everything is trained. */
  readonly adapter?: AdaptedModel | undefined;
}

/**
 * Chooses what is trained. Where the method adds something, the model has it. What is new in the model, its head, is always trained.
 *
 * @throws {ConfigError} when the method does not fit the model.
 */
export function trainedPart(
  { family, config, task, model, newParameters }: BaseModel & { readonly newParameters: readonly string[] },
  { method, key }: { readonly method: MethodName; readonly key: RandomKey },
): TrainedPart {
  const names = family.checkpointNames(config, task);
  const settings = methodConfig(method, task);
  // Buffers of published files stay what they are, as in Python.
  if (settings === undefined) return { model, trainable: (path) => names.entries[path]?.isBuffer !== true, names };
  const own = { ...settings, modulesToSave: [...settings.modulesToSave, ...newModules(names, newParameters)] };
  const adapter = createAdapter(model, names, { config: own, key });
  const untrained = newParameters.find((path) => !adapter.replaced.has(path));
  if (untrained !== undefined) {
    disposeAdapter(adapter);
    throw new ConfigError({
      message: `The method ${method} must train the new parameter ${untrained} of ${family.name}, which it leaves alone.`,
      hint: 'Train everything (full), or begin with a model that has a head for the task.',
      tensor: untrained,
    });
  }
  return { model: adapter.model, trainable: adapter.trainable, names: ownNames(adapter.model), adapter };
}

/** What is new below the head, as the pooler of a BERT that was pre-trained without next sentences, by its published path. */
function newModules({ entries }: CheckpointNames, newParameters: readonly string[]): string[] {
  const modules = newParameters
    .filter((path) => path.startsWith('model.'))
    .map((path) => entries[path]?.name.replace(/\.[^.]*$/, '') ?? path);
  return [...new Set(modules)];
}

/** Adapted models have parameters that no published file has: checkpoints call them by their paths. */
function ownNames(model: Module): CheckpointNames {
  return { entries: Object.fromEntries(Object.keys(parametersOf(model)).map((path) => [path, { name: path }])) };
}

/**
 * The same model with the parameters of a checkpoint; its own are freed.
 *
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when they are those of another model.
 */
export function restored(part: TrainedPart, tensors: HostTensors): TrainedPart {
  const source = checkpointParameters(tensors, part.names);
  const loaded = Object.entries(parametersOf(part.model)).map(([path, own]) => {
    const segments = path.split('.');
    const tensor = source.at(...segments.slice(0, -1)).get(segments.at(-1) ?? '', own.shape, noInitializer);
    own.dispose();
    return [path, tensor] as const;
  });
  return { ...part, model: withParameters(part.model, Object.fromEntries(loaded)) };
}

function noInitializer(): Float32Array {
  throw new ClozeError('INTERNAL', { message: 'A checkpoint has all parameters.', hint: 'Please report this.' });
}
