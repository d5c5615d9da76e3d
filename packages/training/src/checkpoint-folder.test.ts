import * as nodeFiles from 'node:fs/promises';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnxRuntimeEngine } from '@cloze/jit';
import { parseSafetensors, type CheckpointNames, type ClozeError } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CheckpointFolder } from './checkpoint-folder.ts';
import type { TrainingEngine } from './compile.ts';
import { DurableFiles, type FileSystem } from './durable-files.ts';
import { tinyRun, type TinyOptions } from './fixtures/tiny-run.ts';
import { checkpointDigest, listCheckpoints } from './inspect-checkpoints.ts';
import { verifyCheckpoint } from './load-checkpoint.ts';
import { LOCK_FILE } from './output-lock.ts';
import type { TrainingSnapshot } from './snapshot.ts';

const NAMES: CheckpointNames = { entries: { weight: { name: 'w.weight', transpose: true }, bias: { name: 'w.bias' } } };

describe('CheckpointFolder', () => {
  leaksNoTensors();

  it('holds the newest checkpoints, complete, and nothing else', async () => {
    const path = temporaryFolder();
    await runIn(path, 'tfjs');
    expect(readdirSync(path).sort()).toEqual(['checkpoint-12', 'checkpoint-9']);
    expect(readdirSync(join(path, 'checkpoint-12')).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'optimizer.safetensors',
      'training-state.json',
    ]);
    const { tensors } = parseSafetensors(readFileSync(join(path, 'checkpoint-12', 'model.safetensors')));
    expect([...tensors.keys()]).toContain('transformer.wte.weight');
    const state = await verifyCheckpoint(join(path, 'checkpoint-12'), await DurableFiles.open());
    expect(state).toMatchObject({ step: 12, cursor: { position: 36 }, optimizer: { name: 'adamw' } });
  });

  it.each([
    ['tfjs', 'tfjs'],
    ['onnxruntime', onnxRuntimeEngine()],
  ] as const)('lets a run through %s go on to the same bits, dropout on', async (_, engine) => {
    const [straight, interrupted] = [temporaryFolder(), temporaryFolder()];
    await runIn(straight, engine);
    // Ends at step 4, 3 or 7; the last checkpoint before that counts.
    for (const stopAfter of [4, 5, 8])
      await runIn(interrupted, engine, { numSteps: stopAfter, checkpointsAtEnd: false });
    await runIn(interrupted, engine);
    for (const name of readdirSync(join(straight, 'checkpoint-12'))) {
      expect(
        readFileSync(join(interrupted, 'checkpoint-12', name)).equals(
          readFileSync(join(straight, 'checkpoint-12', name)),
        ),
        name,
      ).toBe(true);
    }
  });

  it('notices every changed, missing, shortened and lengthened file', async () => {
    const path = temporaryFolder();
    await saveTiny(path, [1]);
    const checkpoint = join(path, 'checkpoint-1');
    const files = await DurableFiles.open();
    for (const name of readdirSync(checkpoint)) {
      const file = join(checkpoint, name);
      const bytes = readFileSync(file);
      const expectCorrupt = async (change: string): Promise<void> => {
        await expect(verifyCheckpoint(checkpoint, files), `${name}, ${change}`).rejects.toMatchObject({
          exitCode: 6,
          file: expect.stringContaining(checkpoint) as unknown,
        });
      };
      const stride = Math.ceil(bytes.length / 40);
      for (let position = 0; position < bytes.length; position += stride) {
        const changed = Buffer.from(bytes);
        changed[position] = (changed[position] ?? 0) ^ (1 << (position % 8));
        writeFileSync(file, changed);
        await expectCorrupt(`bit of byte ${position}`);
      }
      for (const length of [0, 1, bytes.length - 1]) {
        writeFileSync(file, bytes.subarray(0, length));
        await expectCorrupt(`${length} bytes`);
      }
      writeFileSync(file, Buffer.concat([bytes, Buffer.of(0)]));
      await expectCorrupt('one byte more');
      rmSync(file);
      await expectCorrupt('missing');
      writeFileSync(file, bytes);
    }
    await expect(verifyCheckpoint(checkpoint, files)).resolves.toMatchObject({ step: 1 });
  });

  it('refuses a damaged checkpoint, or falls back and says so', async () => {
    const path = temporaryFolder();
    await saveTiny(path, [1, 2]);
    writeFileSync(join(path, 'checkpoint-2', 'config.json'), '{}');
    await using(await CheckpointFolder.open(path), async (folder) => {
      await expect(folder.latest()).rejects.toMatchObject({
        code: 'CHECKPOINT_CORRUPT',
        exitCode: 6,
        file: join(path, 'checkpoint-2', 'config.json'),
      });
      const found = await folder.latest({ fallback: true });
      expect(found?.checkpoint.state.step).toBe(1);
      expect(found?.skipped.map(({ code }) => code)).toEqual(['CHECKPOINT_CORRUPT']);
    });
    rmSync(join(path, 'checkpoint-1', 'model.safetensors'));
    await using(await CheckpointFolder.open(path), async (folder) => {
      await expect(folder.latest({ fallback: true })).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    });
  });

  it('names the versions of a checkpoint from the future', async () => {
    const path = temporaryFolder();
    await saveTiny(path, [1]);
    const file = join(path, 'checkpoint-1', 'training-state.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
    const error = await verifyCheckpoint(join(path, 'checkpoint-1'), await DurableFiles.open()).catch(
      (thrown: unknown) => thrown as ClozeError,
    );
    expect(error).toMatchObject({ code: 'CHECKPOINT_VERSION', exitCode: 6 });
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('The checkpoint was made in format version 2; supported is version 1.'),
    );
  });

  it('lists checkpoints with their state, and digests that tell them apart', async () => {
    const path = temporaryFolder();
    await saveTiny(path, [1, 2]);
    const [first, second] = [
      await checkpointDigest(`${path}/checkpoint-1`),
      await checkpointDigest(`${path}/checkpoint-2`),
    ];
    expect(Object.keys(first.tensors)).toEqual(['w.bias', 'w.weight']);
    expect(Object.keys(first.optimizer)).toEqual(['velocity.bias', 'velocity.weight']);
    expect(second.tensors).toEqual(first.tensors);
    expect(second.cursor).not.toBe(first.cursor);
    expect(second.all).not.toBe(first.all);
    writeFileSync(join(path, 'checkpoint-2', 'config.json'), '{}');
    await nodeFiles.mkdir(join(path, 'checkpoint-3.partial'));
    const listed = await listCheckpoints(path);
    expect(listed.map(({ path: name, status, error }) => [name.slice(path.length + 1), status, error?.code])).toEqual([
      ['checkpoint-1', 'complete', undefined],
      ['checkpoint-2', 'corrupt', 'CHECKPOINT_CORRUPT'],
      ['checkpoint-3.partial', 'incomplete', undefined],
    ]);
    await expect(listCheckpoints(`${path}/none`)).rejects.toMatchObject({ code: 'IO', actual: 'ENOENT' });
  });

  it('has one writer', async () => {
    const path = temporaryFolder();
    const folder = await CheckpointFolder.open(path);
    await expect(CheckpointFolder.open(path)).rejects.toMatchObject({
      code: 'OUTPUT_LOCKED',
      exitCode: 4,
      actual: `${process.pid}`,
    });
    await folder.close();
    await (await CheckpointFolder.open(path)).close();
    expect(readdirSync(path)).toEqual([]);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1' })],
    ['of an earlier process with the same id', JSON.stringify({ pid: process.pid, host: hostname(), started: '1' })],
    ['that its writer did not finish', ''],
    ['that is no lock', '[1'],
  ])('takes over a lock %s', async (_, text) => {
    const path = temporaryFolder();
    writeFileSync(join(path, LOCK_FILE), text);
    await (await CheckpointFolder.open(path)).close();
    expect(readdirSync(path)).toEqual([]);
  });

  it('leaves the lock of another machine alone', async () => {
    const path = temporaryFolder();
    writeFileSync(join(path, LOCK_FILE), JSON.stringify({ pid: 1, host: 'elsewhere', started: '' }));
    await expect(CheckpointFolder.open(path)).rejects.toMatchObject({ code: 'OUTPUT_LOCKED', actual: '1' });
  });

  it('clears away what a killed run left, and finishes a replacement', async () => {
    const path = temporaryFolder();
    await saveTiny(path, [1, 2]);
    for (const [from, to] of [
      ['checkpoint-1', 'checkpoint-1.removed'],
      ['checkpoint-2', 'checkpoint-2.replaced'],
    ] as const) {
      await nodeFiles.rename(join(path, from), join(path, to));
    }
    await nodeFiles.mkdir(join(path, 'checkpoint-3.partial'));
    writeFileSync(join(path, 'checkpoint-3.partial', 'model.safetensors'), 'half');
    writeFileSync(join(path, 'notes.partial'), 'not ours');
    await (await CheckpointFolder.open(path)).close();
    expect(readdirSync(path).sort()).toEqual(['checkpoint-2', 'notes.partial']);
  });

  it('removes what a killed run did not come to remove, even if there is nothing to save', async () => {
    const path = temporaryFolder();
    await saveTiny(path, [1, 2, 3], { keep: 3 });
    await saveTiny(path, [], { keep: 2 });
    expect(readdirSync(path).sort()).toEqual(['checkpoint-2', 'checkpoint-3']);
  });

  it('saves only the parameters that it is told to', async () => {
    const path = temporaryFolder();
    const parameters = { weight: tf.tensor2d([[1, 2]]), bias: tf.tensor1d([3]) };
    await using(await CheckpointFolder.open(path), async (folder) => {
      const store = folder.store({ names: NAMES, files: {}, saved: (name) => name === 'bias' });
      await store.save({ ...snapshotOf(1), parameters, optimizerState: {} });
      const found = await folder.latest();
      expect([...(found?.checkpoint.model.keys() ?? [])]).toEqual(['w.bias']);
    });
    tf.dispose(Object.values(parameters));
  });

  it('saves no weight that is not finite', async () => {
    const path = temporaryFolder();
    const weights = tf.tensor2d([[1, Number.NaN]]);
    const snapshot = { ...snapshotOf(1), parameters: { weight: weights }, optimizerState: {} };
    await using(await CheckpointFolder.open(path), async (folder) => {
      const store = folder.store({ names: NAMES, files: {} });
      await expect(store.save(snapshot)).rejects.toMatchObject({
        code: 'NON_FINITE',
        exitCode: 5,
        tensor: 'w.weight',
        step: 1,
      });
    });
    weights.dispose();
    expect(readdirSync(path)).toEqual([]);
  });

  it.each(['ENOSPC', 'EIO'])('survives %s at every system call', { timeout: 120_000 }, async (code) => {
    let numFailures = 0;
    for (let failAt = 1; ; failAt++) {
      const path = temporaryFolder();
      await saveTiny(path, [1]);
      const before = stateOf(path, 1);
      const calls = { count: 0, failAt };
      const committed: number[] = [];
      const error = await saveTiny(path, [2, 3], { system: failing(calls, code), committed, keep: 2 }).catch(
        (thrown: unknown) => thrown as ClozeError,
      );
      // The lock of this process is left where its removal failed.
      rmSync(join(path, LOCK_FILE), { force: true });
      await using(await CheckpointFolder.open(path), async (folder) => {
        const found = await folder.latest();
        expect(found?.checkpoint.state.step, `call ${failAt}`).toBeGreaterThanOrEqual(committed.at(-1) ?? 1);
      });
      expect(
        readdirSync(path).every((name) => /^checkpoint-\d+$/.test(name)),
        `call ${failAt}: ${readdirSync(path).join()}`,
      ).toBe(true);
      if (calls.count < failAt) break;
      // Only what is not needed may fail without a word: when this process was started.
      if (error === undefined) continue;
      expect(error, `call ${failAt}`).toMatchObject({ code: 'IO', exitCode: 4, actual: code });
      expect(error.file).toContain(path);
      // Removed only after both newer ones were complete.
      if (readdirSync(path).includes('checkpoint-1')) expect(stateOf(path, 1).equals(before)).toBe(true);
      else expect(readdirSync(path)).toEqual(expect.arrayContaining(['checkpoint-2', 'checkpoint-3']));
      numFailures++;
    }
    expect(numFailures).toBeGreaterThan(30);
  });

  it('says how much space is needed and how much there is', async () => {
    const path = temporaryFolder();
    const system: FileSystem = {
      ...nodeFiles,
      statfs: (() => Promise.resolve({ bavail: 3, bsize: 8 })) as unknown as FileSystem['statfs'],
    };
    const error = await saveTiny(path, [1], { system }).catch((thrown: unknown) => thrown as ClozeError);
    expect(error?.message).toMatch(
      /^IO: .*: A checkpoint needs [\d,]+ bytes, 24 are free \(ENOSPC\)\. Free some space and resume/,
    );
    expect(readdirSync(path)).toEqual([]);
  });
});

function stateOf(path: string, step: number): Buffer {
  return readFileSync(join(path, `checkpoint-${step}`, 'training-state.json'));
}

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cloze-training-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

async function using(folder: CheckpointFolder, body: (folder: CheckpointFolder) => Promise<void>): Promise<void> {
  try {
    await body(folder);
  } finally {
    await folder.close();
  }
}

async function runIn(
  path: string,
  engine: TrainingEngine,
  { checkpointsAtEnd = true, ...overrides }: Partial<TinyOptions> & { checkpointsAtEnd?: boolean } = {},
): Promise<void> {
  await using(await CheckpointFolder.open(path), async (folder) => {
    const last = overrides.numSteps ?? 0;
    const training = await tinyRun(folder, engine, checkpointsAtEnd ? overrides : {});
    for await (const { step } of training) if (!checkpointsAtEnd && step === last) break;
    training.dispose();
  });
}

function snapshotOf(step: number): Omit<TrainingSnapshot, 'parameters' | 'optimizerState'> {
  return {
    step,
    phase: { name: 'training', step },
    key: [1, 2],
    cursor: { position: step },
    data: 'd',
    optimizer: { name: 'sgd', settings: {} },
  };
}

async function saveTiny(
  path: string,
  steps: readonly number[],
  { system, committed = [], keep = 2 }: { system?: FileSystem; committed?: number[]; keep?: number } = {},
): Promise<undefined> {
  const parameters = { weight: tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), bias: tf.tensor1d([0.5]) };
  try {
    const folder = await CheckpointFolder.open(path, system && { system });
    try {
      const store = folder.store({ names: NAMES, files: { 'config.json': '{"model_type": "gpt2"}' }, keep });
      for (const step of steps) {
        await store.save({ ...snapshotOf(step), parameters, optimizerState: { velocity: parameters } });
        committed.push(step);
      }
    } finally {
      await folder.close();
    }
  } finally {
    tf.dispose(Object.values(parameters));
  }
  return undefined;
}

/** The real file system, of which one call fails: the `failAt`-th, counted over all functions and files. */
function failing(calls: { count: number; failAt: number }, code: string): FileSystem {
  const fail = <T extends (...args: never[]) => Promise<unknown>>(call: T): T =>
    (async (...args: never[]) => {
      calls.count++;
      if (calls.count === calls.failAt) throw Object.assign(new Error(`${code}: injected`), { code });
      return call(...args);
    }) as unknown as T;
  const open = async (...args: Parameters<FileSystem['open']>) => {
    const file = await nodeFiles.open(...args);
    return {
      writeFile: fail(file.writeFile.bind(file)),
      sync: fail(file.sync.bind(file)),
      read: fail(file.read.bind(file) as (...args: never[]) => Promise<unknown>),
      close: () => file.close(),
    };
  };
  return {
    mkdir: fail(nodeFiles.mkdir as (...args: never[]) => Promise<unknown>) as unknown as FileSystem['mkdir'],
    open: fail(open) as unknown as FileSystem['open'],
    readdir: fail(nodeFiles.readdir as (...args: never[]) => Promise<unknown>) as unknown as FileSystem['readdir'],
    readFile: fail(nodeFiles.readFile as (...args: never[]) => Promise<unknown>) as unknown as FileSystem['readFile'],
    rename: fail(nodeFiles.rename),
    rm: fail(nodeFiles.rm),
    statfs: fail(nodeFiles.statfs as (...args: never[]) => Promise<unknown>) as unknown as FileSystem['statfs'],
  };
}
