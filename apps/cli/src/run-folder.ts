import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointNames } from '@cloze/training';

/**
 * The model in a folder that the user named: the folder itself, or the last checkpoint of a run that has not ended.
 *
 * @returns the folder unchanged where there is neither, so that whoever opens it says what is missing.
 */
export async function modelFolder(folder: string): Promise<string> {
  const names = await namesIn(folder);
  const last = checkpointNames(names).at(-1);
  return names.includes('config.json') || last === undefined ? folder : join(folder, last);
}

/** The names in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
