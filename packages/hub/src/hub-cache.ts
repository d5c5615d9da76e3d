// A namespace, as everywhere here: a browser may load this file, but not call it.
import * as crypto from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isMissingFile } from './missing-file.ts';
import { checkFileName } from './repository.ts';

/**
 * The folder of one repository in the cache, laid out as Python's `huggingface_hub` does it, so that both share what is there: `blobs/ETAG` holds
 * contents, `refs/REVISION` the hash of a commit, `snapshots/COMMIT/NAME` links to contents, `.no_exist/COMMIT/NAME` says that there is no such file.
 *
 * Every name that comes from outside goes through `checkFileName`.
 */
export class HubCache {
  readonly #folder: string;

  /**
   * @param cacheFolder holds the folders of all repositories.
   * @param id `owner/name`.
   */
  constructor(cacheFolder: string, id: string) {
    this.#folder = path.join(cacheFolder, ['models', ...checkedParts(id)].join('--'));
  }

  snapshot(commit: string): string {
    return path.join(this.#folder, 'snapshots', checked(commit));
  }

  blob(etag: string): string {
    return path.join(this.#folder, 'blobs', checked(etag));
  }

  /** Whether a file of a commit is there to be read. */
  async has(commit: string, fileName: string): Promise<boolean> {
    return exists(path.join(this.snapshot(commit), checked(fileName)));
  }

  /** Whether a commit is known not to have a file. */
  async isAbsent(commit: string, fileName: string): Promise<boolean> {
    return exists(path.join(this.#folder, '.no_exist', checked(commit), checked(fileName)));
  }

  async markAbsent(commit: string, fileName: string): Promise<void> {
    const folder = path.join(this.#folder, '.no_exist', checked(commit));
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(path.join(folder, checked(fileName)), '');
  }

  /** The commit that a branch or tag had when it was last asked for. */
  async commitOf(revision: string): Promise<string | undefined> {
    try {
      return checked((await fs.readFile(this.#ref(revision), 'utf8')).trim());
    } catch (error) {
      if (isMissingFile(error)) return undefined;
      throw error;
    }
  }

  async saveCommit(revision: string, commit: string): Promise<void> {
    const file = this.#ref(revision);
    if ((await this.commitOf(revision)) === commit) return;
    await fs.mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${crypto.randomUUID()}.tmp`;
    await fs.writeFile(temporary, commit);
    await fs.rename(temporary, file);
  }

  /** Puts a content into a snapshot under a name: a link, or a copy where there are no links. */
  async link(commit: string, fileName: string, etag: string): Promise<void> {
    const file = path.join(this.snapshot(commit), checked(fileName));
    await fs.mkdir(path.dirname(file), { recursive: true });
    try {
      await fs.symlink(path.join('..', '..', 'blobs', checked(etag)), file);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EEXIST') return;
      // Windows without developer mode, and some mounted file systems.
      if (code !== 'EPERM' && code !== 'ENOTSUP') throw error;
      await fs.copyFile(this.blob(etag), file);
    }
  }

  #ref(revision: string): string {
    return path.join(this.#folder, 'refs', ...checkedParts(revision));
  }
}

function checkedParts(name: string): string[] {
  return name.split('/').map(checked);
}

function checked(name: string): string {
  checkFileName(name, 'the cache of the hub');
  return name;
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.stat(file);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
