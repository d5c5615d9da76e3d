import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';

/** Where a result comes from. */
export interface Provenance {
  /** Of the checkout that the program runs from; left out elsewhere. `-dirty`: with changes. */
  readonly commit?: string;
  readonly node: string;
  readonly processor: string;
  /** Threads of the engine. */
  readonly threads: number;
  /** Of the whole run, all seeds. */
  readonly seconds: number;
}

/** Describes the run of this process. */
export async function provenanceOf({
  seconds,
  threads = cpus().length,
}: {
  readonly seconds: number;
  readonly threads: number | undefined;
}): Promise<Provenance> {
  const commit = await checkoutCommit();
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  return { ...(commit !== undefined && { commit }), node: process.version, processor, threads, seconds };
}

async function checkoutCommit(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty', '--exclude=*'], {
      cwd: import.meta.dirname,
    });
    return stdout.trim();
  } catch {
    // Installed as a package, or git is not there.
    return undefined;
  }
}
