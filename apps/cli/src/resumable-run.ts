import { readdir } from 'node:fs/promises';
import { ClozeError } from '@cloze/core';
import { CheckpointFolder, checkpointNames, type LoadedCheckpoint } from '@cloze/training';
import { Interrupt, StoppedError } from './interrupt.ts';
import { formatCount } from './terminal/format.ts';
import { UsageError } from './usage-error.ts';

/** How a run is begun or gone on with. */
export interface RunRequest {
  /** The folder of the run. */
  readonly out: string;
  readonly resume: boolean;
  /** Where the last checkpoint is damaged, take the one before. */
  readonly fallback: boolean;
  /** As on the command line: `pretrain`. */
  readonly command: string;
  readonly report: {
    note(message: string): void;
    close(): void;
  };
}

/** What a run is given. */
export interface RunContext {
  readonly folder: CheckpointFolder;
  /** Where it goes on. */
  readonly checkpoint: LoadedCheckpoint | undefined;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Holds the folder of a run while it runs, finds the checkpoint to go on from, and turns Ctrl-C into an orderly end.
 *
 * @throws {StoppedError} when somebody stopped the run.
 * @throws {UsageError} when the folder holds a run and `resume` is not said.
 */
export async function resumableRun(request: RunRequest, run: (context: RunContext) => Promise<void>): Promise<void> {
  const { out, command, report } = request;
  const interrupt = new Interrupt(() => {
    report.note('Stopping after this step. Once more to leave at once, without saving.');
  });
  try {
    const folder = await CheckpointFolder.open(out);
    try {
      const checkpoint = await checkpointToResume(folder, request);
      await run({ folder, checkpoint, signal: interrupt.signal });
    } finally {
      await folder.close();
    }
  } catch (error) {
    report.close();
    if (!(error instanceof ClozeError) || error.code !== 'CANCELLED') throw error;
    throw new StoppedError({
      exitCode: interrupt.exitCode,
      message: error.details.message,
      hint:
        error.file === undefined
          ? 'Nothing was saved yet; start it again.'
          : `Saved. Go on with: cloze ${command} --resume --out ${out}`,
      step: error.step,
    });
  } finally {
    interrupt.close();
  }
}

/** The checkpoint that a run goes on from; none for a new run. */
async function checkpointToResume(
  folder: CheckpointFolder,
  { resume, fallback, report }: RunRequest,
): Promise<LoadedCheckpoint | undefined> {
  const names = await readdir(folder.path);
  const isNew =
    checkpointNames(names).length === 0 && !names.includes('config.json') && !names.includes('adapter_config.json');
  if (!resume && isNew) return undefined;
  if (!resume) {
    throw new UsageError({
      message: `The folder ${folder.path} holds a run already.`,
      hint: `Go on with it (--resume), or choose another folder (--out).`,
    });
  }
  const found = await folder.latest({ fallback });
  for (const { message } of found?.skipped ?? []) report.note(`Passed over a damaged checkpoint. ${message}`);
  if (found === undefined) report.note('There is no checkpoint yet: the run begins at the beginning.');
  else report.note(`Going on from ${found.checkpoint.path}, step ${formatCount(found.checkpoint.state.step)}.`);
  return found?.checkpoint;
}
