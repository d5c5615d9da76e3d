import { basename } from 'node:path';
import { ClozeError } from '@cloze/core';
import { checkpointDigest, checkpointNames, listCheckpoints } from '@cloze/training';
import type { Command } from 'commander';
import * as z from 'zod';
import { writeLine } from '../output-text.ts';
import { namesIn } from '../run-folder.ts';
import { readSettings, toggle } from '../settings.ts';
import { styleFor } from '../terminal/style.ts';

const settingsSchema = z.object({ json: toggle().default(false) });

/** `cloze checkpoint list`. Ends with status 6 where a checkpoint is corrupt. */
export async function listRun(folder: string, command: Command): Promise<void> {
  const { settings } = await readSettings(command, settingsSchema);
  const found = await listCheckpoints(folder);
  if (found.length === 0) throw noCheckpoints(folder);
  const { green, red, yellow } = styleFor(process.stdout);
  const paint = { complete: green, corrupt: red, incomplete: yellow };
  for (const { path, status, error } of found) {
    const step = Number(/^checkpoint-(\d+)/.exec(basename(path))?.[1]);
    const problem = error === undefined ? {} : { problem: error.message };
    await writeLine(
      settings.json
        ? JSON.stringify({ path, step, status, ...problem })
        : `${paint[status](status.padEnd(10))}  ${path}${error === undefined ? '' : `\n            ${error.message}`}`,
    );
  }
  const corrupt = found.find(({ error }) => error !== undefined);
  if (corrupt?.error !== undefined) process.exitCode = corrupt.error.exitCode;
}

/** `cloze checkpoint digest`. */
export async function digestRun(folder: string, command: Command): Promise<void> {
  const { settings } = await readSettings(command, settingsSchema);
  const names = await namesIn(folder);
  const last = checkpointNames(names).at(-1);
  if (!names.includes('training-state.json') && last === undefined) throw noCheckpoints(folder);
  const path = names.includes('training-state.json') || last === undefined ? folder : `${folder}/${last}`;
  const digest = await checkpointDigest(path);
  if (settings.json) {
    await writeLine(JSON.stringify({ path, ...digest }));
    return;
  }
  const parts = [
    ...Object.entries(digest.tensors),
    ...Object.entries(digest.optimizer),
    ['key', digest.key],
    ['cursor', digest.cursor],
  ];
  for (const [name, sha256] of [...parts, ['all', digest.all]]) await writeLine(`${sha256 ?? ''}  ${name ?? ''}`);
}

function noCheckpoints(folder: string): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: 'The folder must hold checkpoints, found none.',
    hint: 'Name the folder after --out of a run.',
    file: folder,
  });
}
