import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ClozeError } from '@cloze/core';
import type { WorkerCommand } from './worker-process.ts';

/** A Python that has PyTorch. */
export interface PythonWithTorch {
  /** Of PyTorch. */
  readonly version: string;
  readonly worker: WorkerCommand;
}

/** On the PATH, in this order. */
const CANDIDATES = ['python3', 'python'];

/**
 * Looks for a Python with PyTorch.
 *
 * @param chosen the only one to try, as the variable CLOZE_PYTHON names it. Default: those on the PATH.
 * @returns undefined when none on the PATH has it.
 * @throws {ClozeError} `USAGE` when the chosen one does not.
 */
export async function findPython(chosen: string | undefined): Promise<PythonWithTorch | undefined> {
  for (const command of chosen === undefined ? CANDIDATES : [chosen]) {
    const version = await torchVersion(command).catch((error: unknown) => {
      if (chosen !== undefined) throw withoutTorch(chosen, error);
      return undefined;
    });
    if (version === undefined) continue;
    const script = fileURLToPath(new URL('../pytorch/train-step.py', import.meta.url));
    return { version, worker: { title: 'PyTorch', command, args: ['-u', script] } };
  }
  return undefined;
}

async function torchVersion(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ['-c', 'import torch; print(torch.__version__)']);
  return stdout.trim();
}

function withoutTorch(command: string, cause: unknown): ClozeError {
  return new ClozeError('USAGE', {
    message: `CLOZE_PYTHON must be a Python with PyTorch, but ${command} could not import torch.`,
    hint: 'Name another one, or unset CLOZE_PYTHON to measure without PyTorch.',
    cause,
  });
}
