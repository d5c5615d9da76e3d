import { ClozeError, isJsonObject, parseJson } from '@cloze/core';
import { systemCode, type DurableFiles } from './durable-files.ts';

/** The file in an output folder that says which process writes there. */
export const LOCK_FILE = 'cloze.lock';

/** How often a lock file without content is read again: its writer is between two system calls, or was killed there. */
const PATIENCE = { attempts: 10, milliseconds: 50 };

/** How often a stale lock is taken away before giving up: other processes may be doing the same. */
const MAX_ATTEMPTS = 20;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's own unit: tells it from a later process with the same id. Empty where unknown. */
  readonly started: string;
}

/** The right to write into a folder. */
export interface OutputLock {
  release(): Promise<void>;
}

/**
 * Claims a folder for this process. A lock that a dead process left behind is taken over.
 *
 * @throws {ClozeError} `OUTPUT_LOCKED` with the pid of the process that holds it.
 */
export async function lockOutput(files: DurableFiles, folder: string): Promise<OutputLock> {
  const { hostname } = await import('node:os');
  const path = `${folder}/${LOCK_FILE}`;
  const own: Holder = { pid: process.pid, host: hostname(), started: await startOf(files, process.pid) };
  const text = JSON.stringify(own);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await claim(files, path, text)) {
      return { release: () => files.remove(path) };
    }
    const found = await readIfThere(files, path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder === undefined && attempt < PATIENCE.attempts) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE.milliseconds));
      continue;
    }
    if (holder !== undefined && (await isHeld(files, holder, own))) throw locked(path, holder);
    await takeAway(files, path, found);
  }
  throw locked(path, undefined);
}

async function claim(files: DurableFiles, path: string, text: string): Promise<boolean> {
  try {
    await files.write(path, [new TextEncoder().encode(text)]);
    return true;
  } catch (error) {
    if (error instanceof ClozeError && error.actual === 'EEXIST') return false;
    throw error;
  }
}

async function readIfThere(files: DurableFiles, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (error instanceof ClozeError && error.actual === 'ENOENT') return undefined;
    throw error;
  }
}

/** Moves a stale lock aside before removing it, so that of two processes that find it only one does so. */
async function takeAway(files: DurableFiles, path: string, stale: Uint8Array): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await files.rename(path, aside);
  } catch (error) {
    if (error instanceof ClozeError && error.actual === 'ENOENT') return;
    throw error;
  }
  const moved = await files.read(aside);
  if (Buffer.compare(moved, stale) !== 0) {
    // Another process was faster, and this is its lock.
    await files.rename(aside, path);
    return;
  }
  await files.remove(aside);
}

async function isHeld(files: DurableFiles, holder: Holder, own: Holder): Promise<boolean> {
  // Nobody can ask another machine whether its process still runs.
  if (holder.host !== own.host) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
    if (systemCode(error) !== 'EPERM') throw error;
  }
  return holder.started === '' || holder.started === (await startOf(files, holder.pid));
}

/** On Linux, field 22 of `/proc/PID/stat`; elsewhere, or where it cannot be read, an empty string. */
async function startOf(files: DurableFiles, pid: number): Promise<string> {
  if (process.platform !== 'linux') return '';
  const stat = await files.read(`/proc/${pid}/stat`).catch((error: unknown) => {
    if (error instanceof ClozeError) return undefined;
    throw error;
  });
  // The second field is the program's name in parentheses and may hold spaces.
  const fields = new TextDecoder().decode(stat).split(') ').at(-1)?.split(' ');
  return fields?.[19] ?? '';
}

function parseHolder(bytes: Uint8Array): Holder | undefined {
  try {
    const value = parseJson(bytes);
    if (!isJsonObject(value)) return undefined;
    const { pid, host, started } = value;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof started !== 'string') return undefined;
    return { pid, host, started };
  } catch (error) {
    // A lock that cannot be read protects nothing.
    if (error instanceof ClozeError) return undefined;
    throw error;
  }
}

function locked(path: string, holder: Holder | undefined): ClozeError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new ClozeError('OUTPUT_LOCKED', {
    message: `The output folder must not be in use, got one that ${who} writes to.`,
    hint: 'Wait for it, stop it, or choose another output folder. If it runs no more, delete the lock file.',
    file: path,
    ...(holder && { actual: `${holder.pid}` }),
  });
}
