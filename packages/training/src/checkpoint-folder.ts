import {
  CheckpointError,
  ClozeError,
  safetensorsChunks,
  toCheckpointTensors,
  type CheckpointNames,
  type HostTensor,
  type JsonObject,
  type ParameterFilter,
} from '@cloze/core';
import { DurableFiles, type FileDigest, type FileSystem } from './durable-files.ts';
import { loadCheckpoint, type LoadedCheckpoint } from './load-checkpoint.ts';
import type { OptimizerState } from './optimizer.ts';
import { lockOutput, type OutputLock } from './output-lock.ts';
import type { CheckpointStore, CommittedCheckpoint, TrainingSnapshot } from './snapshot.ts';
import { BEST_FILE, MODEL_FILE, OPTIMIZER_FILE, serializeState, STATE_FILE } from './training-state.ts';

/** How checkpoints are written. */
export interface StoreOptions {
  /** The family's table of published parameter names, or an adapter's. */
  readonly names: CheckpointNames;
  /** Which parameters are saved. Default: all. With `AdaptedModel.trainable`, the adapter alone. */
  readonly saved?: ParameterFilter | undefined;
  /** What else makes the folder a model: `config.json`, `tokenizer.json`. Names without folders. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** What the program wants to find again when it resumes. Default: nothing. */
  readonly settings?: JsonObject;
  /** How many checkpoints are left, the newest. Default 2. */
  readonly keep?: number;
}

/**
 * The output folder of a run, held by one process: `checkpoint-STEP/` folders that are complete or not there.
 *
 * A checkpoint is written into `checkpoint-STEP.partial`: each file in full and synced, `training-state.json` with the digests of the others last; then
 * the folder is synced and renamed, and its parent synced. Older checkpoints are removed only after that.
 */
export class CheckpointFolder {
  readonly path: string;
  readonly #files: DurableFiles;
  readonly #lock: OutputLock;
  #keep: number | undefined;

  private constructor(path: string, files: DurableFiles, lock: OutputLock) {
    this.path = path;
    this.#files = files;
    this.#lock = lock;
  }

  /**
   * Claims a folder (it is created if need be) and clears away what a killed run left half done.
   *
   * @param system replaced only by tests of failure.
   * @throws {ClozeError} `OUTPUT_LOCKED` when another process holds it, `IO` when it cannot be written.
   */
  static async open(path: string, { system }: { readonly system?: FileSystem } = {}): Promise<CheckpointFolder> {
    const files = await DurableFiles.open(system);
    await files.makeFolder(path);
    const lock = await lockOutput(files, path);
    try {
      await recover(files, path);
      return new CheckpointFolder(path, files, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Gives the folder free for other processes. */
  async close(): Promise<void> {
    try {
      // A run that was killed between its last commit and the removal of an older checkpoint saves nothing when it is resumed.
      if (this.#keep !== undefined) await this.#prune(this.#keep);
    } finally {
      await this.#lock.release();
    }
  }

  /**
   * The newest checkpoint, checked against its digests; undefined when there is none.
   *
   * @param fallback go back to the newest one that is sound; `skipped` says what was passed over.
   * @throws {CheckpointError} `CHECKPOINT_CORRUPT` or `CHECKPOINT_VERSION`.
   */
  async latest({ fallback = false }: { readonly fallback?: boolean } = {}): Promise<
    { readonly checkpoint: LoadedCheckpoint; readonly skipped: readonly CheckpointError[] } | undefined
  > {
    const skipped: CheckpointError[] = [];
    for (const name of checkpointNames(await this.#files.list(this.path)).reverse()) {
      try {
        return { checkpoint: await loadCheckpoint(`${this.path}/${name}`, this.#files), skipped };
      } catch (error) {
        if (!fallback || !(error instanceof CheckpointError)) throw error;
        skipped.push(error);
      }
    }
    const [first] = skipped;
    if (first !== undefined) throw first;
    return undefined;
  }

  /** Where `train` leaves its checkpoints. */
  store(options: StoreOptions): CheckpointStore {
    const { keep = 2 } = options;
    this.#keep = keep;
    return { save: (snapshot) => this.#save(snapshot, { ...options, keep }) };
  }

  async #save(
    snapshot: TrainingSnapshot,
    { names, saved = () => true, files, settings = {}, keep }: StoreOptions & { readonly keep: number },
  ): Promise<CommittedCheckpoint> {
    const { parameters, optimizerState, bestParameters, ...position } = snapshot;
    const chosen = Object.fromEntries(Object.entries(parameters).filter(([name]) => saved(name)));
    const model = await toCheckpointTensors(chosen, names);
    const optimizer = optimizerTensors(optimizerState);
    checkFinite(model, position.step);
    const contents: [string, Iterable<Uint8Array>][] = [
      ...Object.entries(files).map(([name, content]): [string, Iterable<Uint8Array>] => [name, [toBytes(content)]]),
      [MODEL_FILE, safetensorsChunks(model)],
      [OPTIMIZER_FILE, safetensorsChunks(optimizer)],
    ];
    if (bestParameters !== undefined) contents.push([BEST_FILE, safetensorsChunks(bestParameters)]);

    const path = `${this.path}/checkpoint-${position.step}`;
    const partial = `${path}.partial`;
    await this.#files.checkSpace(this.path, sizeOf(model, optimizer, bestParameters));
    try {
      await this.#files.remove(partial);
      await this.#files.makeFolder(partial);
      const digests: Record<string, FileDigest> = {};
      for (const [name, chunks] of contents) digests[name] = await this.#files.write(`${partial}/${name}`, chunks);
      await this.#files.write(`${partial}/${STATE_FILE}`, [
        await serializeState({ ...position, settings, files: digests }),
      ]);
      await this.#files.syncFolder(partial);
    } catch (error) {
      throw await this.#files.undo(partial, error);
    }
    await this.#commit(partial, path);
    await this.#prune(keep);
    return { path, step: position.step };
  }

  async #commit(partial: string, path: string): Promise<void> {
    const names = await this.#files.list(this.path);
    const isReplaced = names.includes(path.slice(this.path.length + 1));
    // Only after a fallback: a step that is done again.
    if (isReplaced) await this.#files.rename(path, `${path}.replaced`);
    await this.#files.rename(partial, path);
    await this.#files.syncFolder(this.path);
    if (isReplaced) await this.#files.remove(`${path}.replaced`);
  }

  async #prune(keep: number): Promise<void> {
    const names = checkpointNames(await this.#files.list(this.path));
    for (const name of names.slice(0, -keep)) {
      // Renamed first: a checkpoint is never half there.
      await this.#files.rename(`${this.path}/${name}`, `${this.path}/${name}.removed`);
      await this.#files.remove(`${this.path}/${name}.removed`);
    }
  }
}

/** The names of finished checkpoints among the names in a folder, oldest first. */
export function checkpointNames(names: readonly string[]): string[] {
  const stepOf = (name: string): number => Number(name.slice('checkpoint-'.length));
  return names.filter((name) => /^checkpoint-\d{1,15}$/.test(name)).sort((a, b) => stepOf(a) - stepOf(b));
}

async function recover(files: DurableFiles, folder: string): Promise<void> {
  const names = await files.list(folder);
  for (const name of names) {
    const [, checkpoint = '', state] = /^(checkpoint-\d{1,15})\.(partial|removed|replaced)$/.exec(name) ?? [];
    if (state === 'replaced' && !names.includes(checkpoint)) {
      await files.rename(`${folder}/${name}`, `${folder}/${checkpoint}`);
    } else if (state !== undefined || /^cloze\.lock\.\d+$/.test(name)) {
      await files.remove(`${folder}/${name}`);
    }
  }
}

function optimizerTensors(state: OptimizerState): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  for (const [slot, slots] of Object.entries(state)) {
    for (const [path, tensor] of Object.entries(slots)) {
      // Views, not copies: nothing changes the state while it is written.
      tensors.set(`${slot}.${path}`, { dtype: 'F32', shape: tensor.shape, data: tensor.dataSync<'float32'>() });
    }
  }
  return tensors;
}

function checkFinite(tensors: ReadonlyMap<string, HostTensor>, step: number): void {
  for (const [name, { data }] of tensors) {
    if (!(data instanceof Float32Array) || data.every(Number.isFinite)) continue;
    throw new ClozeError('NON_FINITE', {
      message: `${name} must be finite, got ${data.find((value) => !Number.isFinite(value)) ?? Number.NaN}.`,
      hint: 'Nothing was written. Lower the learning rate, and resume from the last checkpoint.',
      tensor: name,
      step,
    });
  }
}

function sizeOf(...files: readonly (ReadonlyMap<string, HostTensor> | undefined)[]): number {
  const tensors = files.flatMap((file) => [...(file?.values() ?? [])]);
  return tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
