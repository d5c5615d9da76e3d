import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** What figures depend on besides the code. */
export interface Machine {
  readonly processor: string;
  readonly numProcessors: number;
  /** Node's version. */
  readonly node: string;
  /** The short hash of the commit, with `-modified` where the work tree differs from it; `unknown` outside of a repository. */
  readonly commit: string;
}

/** The machine and the sources that run now. */
export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    numProcessors: availableParallelism(),
    node: process.versions.node,
    commit: currentCommit(),
  };
}

function currentCommit(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '-modified');
  } catch {
    return 'unknown';
  }
}

/** The time that all processors together have been busy since the machine began, in milliseconds. */
export function busyMilliseconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
