import { CheckpointError, ClozeError, parametersOf, type Module } from '@cloze/core';
import { loadAdapter, type AdaptedModel } from '@cloze/peft';
import * as tf from '@tensorflow/tfjs';
import { asCheckpointErrors, type Pretrained } from './load-pretrained.ts';
import { readAdapter, type AdapterOptions, type SavedAdapter } from './read-adapter.ts';
import type { Repository } from './repository.ts';

/** What an adapter is put on. */
export interface AdapterBase<M extends Module = Module> extends Pick<Pretrained, 'family' | 'config' | 'task'> {
  readonly model: M;
}

/**
 * Puts a saved adapter on a loaded model, with which it shares the frozen parameters: several may stand on one at once. Free it with `disposeAdapter`.
 *
 * @param base a model for the task of the adapter; `loadAdapted` finds that out by itself.
 * @param source the adapter's folder, or its repository on the hub.
 * @throws as {@link readAdapter}.
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when it was made for another model, or for another head.
 */
export async function loadPretrainedAdapter<M extends Module>(
  base: AdapterBase<M>,
  source: string | Repository,
  options: AdapterOptions = {},
): Promise<AdaptedModel<M>> {
  return putAdapter(base, await readAdapter(source, options));
}

/** {@link loadPretrainedAdapter}, of an adapter that was read already. */
export async function putAdapter<M extends Module>(
  { family, config, task, model }: AdapterBase<M>,
  adapter: SavedAdapter,
): Promise<AdaptedModel<M>> {
  const { file, baseModel } = adapter;
  const names = family.checkpointNames(config, task);
  try {
    return await asCheckpointErrors(file, () =>
      Promise.resolve(withoutLeaks(() => loadAdapter(model, names, adapter))),
    );
  } catch (error) {
    if (!(error instanceof ClozeError) || error.code !== 'CHECKPOINT_MISMATCH') throw error;
    const origin = baseModel === undefined ? '' : `, which was made for ${baseModel},`;
    throw new CheckpointError('CHECKPOINT_MISMATCH', {
      ...error.details,
      message: `The adapter${origin} must fit the model, a ${family.name} for ${task}. ${error.details.message}`,
      hint: 'Put the adapter on the model that it was made for.',
      file,
      cause: error,
    });
  }
}

/** An adapter that does not fit leaves nothing behind. */
function withoutLeaks<M extends Module>(load: () => AdaptedModel<M>): AdaptedModel<M> {
  const engine = tf.engine();
  let kept: tf.Tensor[] = [];
  engine.startScope();
  try {
    const adapted = load();
    kept = Object.values(parametersOf(adapted.model));
    return adapted;
  } finally {
    engine.endScope(kept);
  }
}
