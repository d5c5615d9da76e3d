import { spawnSync } from 'node:child_process';
import type { WorkerCommand } from '../worker-process.ts';

/** The same program on the first processor only, where the system has a way to say so. */
export function onOneCore({ title, command, args }: WorkerCommand): WorkerCommand {
  canPin ??= spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  return canPin ? { title, command: 'taskset', args: ['-c', '0', command, ...args] } : { title, command, args };
}

let canPin: boolean | undefined;
