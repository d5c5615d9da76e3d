import { hubRepository } from './hub-repository.ts';
import { isMissingFile } from './missing-file.ts';
import { folderRepository, type Repository } from './repository.ts';

const HUB_ADDRESS = /^hf:\/\/([^@]+)(?:@(.+))?$/;
const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * Where a model lies, from what a person writes: a folder; `hf://owner/name` or `hf://owner/name@revision`, a repository on the Hugging Face Hub; or
 * `owner/name`, a repository on the hub unless there is a folder of that name.
 *
 * @throws as `folderRepository` and `hubRepository`.
 */
export async function openRepository(source: string | Repository): Promise<Repository> {
  if (typeof source !== 'string') return source;
  const [, id, revision] = HUB_ADDRESS.exec(source) ?? [];
  if (id !== undefined) return hubRepository(id, revision === undefined ? {} : { revision });
  return HUB_ID.test(source) && !(await isThere(source)) ? hubRepository(source) : folderRepository(source);
}

async function isThere(path: string): Promise<boolean> {
  const fs = await import('node:fs/promises');
  try {
    await fs.stat(path);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
