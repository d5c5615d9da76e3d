import { CheckpointError, type HostTensor } from '@cloze/core';
import { checkpointNames } from './checkpoint-folder.ts';
import { DurableFiles, sha256Of } from './durable-files.ts';
import { loadCheckpoint, readTensors, verifyCheckpoint } from './load-checkpoint.ts';
import { OPTIMIZER_FILE } from './training-state.ts';

/** One entry of an output folder. */
export interface CheckpointStatus {
  readonly path: string;
  /** `incomplete`: a run was killed while it wrote or removed it; the next one clears it away. */
  readonly status: 'complete' | 'corrupt' | 'incomplete';
  /** Why it is corrupt. */
  readonly error?: CheckpointError;
}

/**
 * The checkpoints of an output folder, oldest first, each checked against its digests; then what is incomplete. Takes no lock and changes nothing.
 *
 * @throws {ClozeError} `IO` when the folder cannot be read.
 */
export async function listCheckpoints(folder: string): Promise<CheckpointStatus[]> {
  const files = await DurableFiles.open();
  const names = await files.list(folder);
  const found: CheckpointStatus[] = [];
  for (const name of checkpointNames(names)) {
    const path = `${folder}/${name}`;
    try {
      await verifyCheckpoint(path, files);
      found.push({ path, status: 'complete' });
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      found.push({ path, status: 'corrupt', error });
    }
  }
  const incomplete = names.filter((name) => /^checkpoint-\d{1,15}\.(partial|removed|replaced)$/.test(name)).sort();
  return [...found, ...incomplete.map((name) => ({ path: `${folder}/${name}`, status: 'incomplete' }) as const)];
}

/** sha256 of everything that a run continues from: two checkpoints with equal digests continue alike. */
export interface CheckpointDigest {
  /** By published name. */
  readonly tensors: Readonly<Record<string, string>>;
  /** By slot and path. */
  readonly optimizer: Readonly<Record<string, string>>;
  readonly key: string;
  readonly cursor: string;
  /** Over all of the above and the step. */
  readonly all: string;
}

/**
 * Digests of the parts of one checkpoint.
 *
 * @param path of the checkpoint itself, `.../checkpoint-STEP`.
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` or `CHECKPOINT_VERSION`.
 */
export async function checkpointDigest(path: string): Promise<CheckpointDigest> {
  const files = await DurableFiles.open();
  const { state, model } = await loadCheckpoint(path, files);
  const tensors = await digestsOf(model);
  const optimizer = await digestsOf(await readTensors(path, OPTIMIZER_FILE, files));
  const key = await digestOf(JSON.stringify(state.key));
  const cursor = await digestOf(JSON.stringify(state.cursor));
  const all = await digestOf(JSON.stringify({ step: state.step, tensors, optimizer, key, cursor }));
  return { tensors, optimizer, key, cursor, all };
}

async function digestsOf(tensors: ReadonlyMap<string, HostTensor>): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const [name, { dtype, shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    digests[name] = await sha256Of([new TextEncoder().encode(JSON.stringify([dtype, shape])), bytes]);
  }
  return digests;
}

async function digestOf(text: string): Promise<string> {
  return sha256Of([new TextEncoder().encode(text)]);
}
