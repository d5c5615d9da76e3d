import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomKey } from '@cloze/core';
import { build, defaultServerConditions } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** More of them, seeds and the engine come from the environment: `CLOZE_KILLS=200 CLOZE_KILL_ENGINE=onnxruntime vitest run src/kill.test.ts`. */
const NUM_KILLS = Number(process.env.CLOZE_KILLS ?? 2);
const SEED = Number(process.env.CLOZE_KILL_SEED ?? 1);
const ENGINE = process.env.CLOZE_KILL_ENGINE ?? 'tfjs';
/** `CLOZE_KILL_CALLS=60` also kills at the first, second ... 60th system call that changes names or syncs, with strace. */
const NUM_CALLS = Number(process.env.CLOZE_KILL_CALLS ?? 0);
const CALLS = 'fsync,rename,mkdir,unlink,rmdir';
const SECONDS = 1000;

/** Inside of the package, so that the program finds what it imports; outside of what is committed. */
const bundleFolder = join(import.meta.dirname, '..', 'node_modules', '.cloze-kill-test');

describe.each(['training', 'phases'] as const)('a run of kind %s that is killed', (kind) => {
  const folders = mkdtempSync(join(tmpdir(), 'cloze-kill-'));
  const reference: { digests: Record<string, string>; milliseconds: number } = { digests: {}, milliseconds: 0 };

  beforeAll(async () => {
    await bundle();
    const begin = performance.now();
    const { code, readyAt } = await runProcess(join(folders, 'reference'), { kind });
    expect(code).toBe(0);
    reference.milliseconds = performance.now() - begin - readyAt;
    reference.digests = digestsOf(join(folders, 'reference'));
  }, 60 * SECONDS);

  afterAll(() => {
    rmSync(folders, { recursive: true });
    rmSync(bundleFolder, { recursive: true });
  });

  it.each(Array.from({ length: NUM_KILLS }, (_, index) => index))(
    'ends with the same bits as one that is not, number %i',
    async (index) => {
      const folder = join(folders, `killed-${index}`);
      mkdirSync(folder);
      const key = RandomKey.fromSeed(SEED).fold(index);
      // Some runs are killed again and again.
      const numKills = 1 + key.fold('count').integer(3);
      for (const share of key.fold('moments').uniform(numKills)) {
        await runProcess(folder, { kind, killAfter: share * reference.milliseconds });
      }
      const { code, errors } = await runProcess(folder, { kind });
      expect(errors).toBe('');
      expect(code).toBe(0);
      expect(digestsOf(folder)).toEqual(reference.digests);
    },
    60 * SECONDS,
  );

  it.each(Array.from({ length: NUM_CALLS }, (_, index) => index + 1))(
    'ends with the same bits when killed at system call %i',
    async (call) => {
      const folder = join(folders, `call-${call}`);
      mkdirSync(folder);
      await runProcess(folder, { kind, killAtCall: call });
      const { code, errors } = await runProcess(folder, { kind });
      expect(errors).toBe('');
      expect(code).toBe(0);
      expect(digestsOf(folder)).toEqual(reference.digests);
    },
    60 * SECONDS,
  );
});

/** Node 20 runs no TypeScript. */
async function bundle(): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: [/^@cloze\//], resolve: { conditions: ['@cloze/source', ...defaultServerConditions] } },
    build: {
      ssr: join(import.meta.dirname, 'fixtures', 'tiny-run-process.ts'),
      outDir: bundleFolder,
      emptyOutDir: true,
      target: 'node20',
    },
  });
}

interface Ended {
  readonly code: number | null;
  readonly errors: string;
  /** Milliseconds from the start of the process to its first line, when training begins. */
  readonly readyAt: number;
}

/**
 * @param killAfter milliseconds from the moment when training begins.
 * @param killAtCall which of the system calls of the one thread that handles files.
 */
function runProcess(
  folder: string,
  { kind, killAfter, killAtCall }: { readonly kind: string; readonly killAfter?: number; readonly killAtCall?: number },
): Promise<Ended> {
  const begin = performance.now();
  const program = [process.execPath, join(bundleFolder, 'tiny-run-process.js'), folder, ENGINE, kind];
  const tracer = [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `inject=${CALLS}:signal=KILL:when=${killAtCall ?? 0}`,
  ];
  const [command = '', ...args] = killAtCall === undefined ? program : [...tracer, ...program];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // strace counts calls by thread.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  let errors = '';
  let readyAt = 0;
  child.stderr.on('data', (text: Buffer) => {
    if (!text.includes('TensorFlow.js')) errors += text.toString();
  });
  child.stdout.once('data', () => {
    readyAt = performance.now() - begin;
    if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, errors, readyAt });
    });
  });
}

/** sha256 by name of everything in a folder: also of temporary files, if there were any. */
function digestsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    paths.map((path) => [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}
