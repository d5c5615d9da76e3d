import { ClozeError, parseSafetensors, toTensor, type HostTensor } from '@cloze/core';
import type * as tf from '@tensorflow/tfjs';
import type { DurableFiles } from './durable-files.ts';
import type { OptimizerState } from './optimizer.ts';
import type { ResumePoint } from './snapshot.ts';
import {
  BEST_FILE,
  corrupt,
  MODEL_FILE,
  OPTIMIZER_FILE,
  parseState,
  STATE_FILE,
  type TrainingStateFile,
} from './training-state.ts';

/** A checkpoint that was found to be what was written. */
export interface LoadedCheckpoint {
  readonly path: string;
  readonly state: TrainingStateFile;
  /** By published name, for `checkpointParameters`. */
  readonly model: ReadonlyMap<string, HostTensor>;
  /** The files beside the tensors, as `config.json`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What `train` continues from. Each call makes new tensors, which the run takes over. */
  resumePoint(): ResumePoint;
}

/**
 * Reads a checkpoint and checks every file against its digest.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` naming the file, or `CHECKPOINT_VERSION`.
 */
export async function loadCheckpoint(path: string, files: DurableFiles): Promise<LoadedCheckpoint> {
  const state = await verifyCheckpoint(path, files);
  const model = await readTensors(path, MODEL_FILE, files);
  const optimizer = await readTensors(path, OPTIMIZER_FILE, files);
  const best = BEST_FILE in state.files ? await readTensors(path, BEST_FILE, files) : undefined;
  const others = new Map<string, Uint8Array>();
  for (const name of Object.keys(state.files)) {
    if (!name.endsWith('.safetensors')) others.set(name, await files.read(`${path}/${name}`));
  }
  return {
    path,
    state,
    model,
    files: others,
    resumePoint: () => ({ ...state, optimizerState: optimizerStateOf(optimizer), bestParameters: best }),
  };
}

/**
 * Checks a checkpoint against its own `training-state.json` without keeping anything in memory.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` naming the file, or `CHECKPOINT_VERSION`.
 */
export async function verifyCheckpoint(path: string, files: DurableFiles): Promise<TrainingStateFile> {
  const state = await parseState(
    await readPart(path, STATE_FILE, () => files.read(`${path}/${STATE_FILE}`)),
    `${path}/${STATE_FILE}`,
  );
  for (const [name, expected] of Object.entries(state.files)) {
    const actual = await readPart(path, name, () => files.digest(`${path}/${name}`));
    const file = `${path}/${name}`;
    if (actual.bytes !== expected.bytes) {
      throw corrupt(file, `The file must have ${expected.bytes} bytes, got ${actual.bytes}.`);
    }
    if (actual.sha256 !== expected.sha256) {
      throw corrupt(file, `The file's sha256 must be ${expected.sha256}, got ${actual.sha256}.`);
    }
  }
  return state;
}

async function readPart<T>(path: string, name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof ClozeError && cause.actual === 'ENOENT') {
      throw corrupt(`${path}/${name}`, 'The file must be there, found none.', { cause });
    }
    throw cause;
  }
}

/** The tensors of one file of a checkpoint. */
export async function readTensors(path: string, name: string, files: DurableFiles): Promise<Map<string, HostTensor>> {
  const file = `${path}/${name}`;
  return parseSafetensors(await readPart(path, name, () => files.read(file)), file).tensors;
}

function optimizerStateOf(tensors: ReadonlyMap<string, HostTensor>): OptimizerState {
  const state: Record<string, Record<string, tf.Tensor>> = {};
  for (const [name, tensor] of tensors) {
    const dot = name.indexOf('.');
    (state[name.slice(0, dot)] ??= {})[name.slice(dot + 1)] = toTensor(tensor);
  }
  return state;
}
