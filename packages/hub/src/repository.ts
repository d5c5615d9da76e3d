import { CheckpointError, checkLimit, ClozeError, type ByteReader } from '@cloze/core';
import { isMissingFile } from './missing-file.ts';

/** A file of a repository that was opened for reading. */
export interface RepositoryFile extends ByteReader {
  close(): Promise<void>;
}

/** Where the files of a model lie: a folder, or the hub and its cache. Names are plain file names, never paths. */
export interface Repository {
  /** For messages: the folder, or the address on the hub. */
  readonly name: string;
  /** The names of all files, sorted. */
  list(): Promise<string[]>;
  /** @returns undefined when there is no such file. */
  open(fileName: string): Promise<RepositoryFile | undefined>;
}

/**
 * A local folder as a repository. Only regular files in the folder itself are read; a link may not lead out of it, save from a snapshot in the hub's
 * cache, whose files are links to the cache's blobs.
 *
 * @throws {ClozeError} `DATA_INVALID` when there is no such folder.
 */
export async function folderRepository(folder: string): Promise<Repository> {
  // Imported here, so that a browser can load this package.
  const fs = await import('node:fs/promises');
  const path = await import('node:path');
  const root = await fs.realpath(folder).catch((cause: unknown) => {
    throw new ClozeError('DATA_INVALID', {
      message: 'The model folder must exist, found none.',
      hint: 'Check the path.',
      file: folder,
      cause,
    });
  });
  if (!(await fs.stat(root)).isDirectory()) {
    throw new ClozeError('DATA_INVALID', {
      message: 'A model must be a folder, got a file.',
      hint: 'Name the folder that holds config.json.',
      file: folder,
    });
  }

  const home = cacheOfSnapshot(root, path) ?? root;
  return {
    name: folder,
    list: async () => (await fs.readdir(root)).toSorted(),
    open: async (fileName) => {
      const file = path.join(folder, fileName);
      checkFileName(fileName, folder);
      const real = await fs.realpath(path.join(root, fileName)).catch((error: unknown) => {
        if (isMissingFile(error)) return undefined;
        throw error;
      });
      if (real === undefined) return undefined;
      const isInside = real.startsWith(home.endsWith(path.sep) ? home : home + path.sep);
      if (!isInside || !(await fs.stat(real)).isFile()) {
        throw new CheckpointError('CHECKPOINT_CORRUPT', {
          message: 'Model files must be regular files inside of the model folder.',
          hint: 'Copy the file itself into the folder.',
          file,
        });
      }
      const handle = await fs.open(real, 'r');
      const { size } = await handle.stat();
      return {
        file,
        size,
        read: async (offset, length) => {
          const bytes = new Uint8Array(length);
          let filled = 0;
          while (filled < length) {
            const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
            if (bytesRead === 0) break;
            filled += bytesRead;
          }
          return bytes.subarray(0, filled);
        },
        close: () => handle.close(),
      };
    },
  };
}

/** The cache that a folder `models--NAME/snapshots/COMMIT` lies in. */
function cacheOfSnapshot(folder: string, path: typeof import('node:path')): string | undefined {
  const [cache, repository = '', snapshots] = ['../../..', '../..', '..'].map((way) => path.resolve(folder, way));
  const isSnapshot = path.basename(snapshots ?? '') === 'snapshots' && path.basename(repository).startsWith('models--');
  return isSnapshot ? cache : undefined;
}

/**
 * The bytes of a small file.
 *
 * @returns undefined when there is no such file.
 * @throws {ClozeError} `RESOURCE_LIMIT` when it is larger than `maxBytes`.
 */
export async function readSmallFile(
  repository: Repository,
  fileName: string,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly file: string } | undefined> {
  const opened = await repository.open(fileName);
  if (opened === undefined) return undefined;
  try {
    const { file, size } = opened;
    checkLimit('The size in bytes', size, { name: 'maxBytes', limit: maxBytes }, { file });
    return { bytes: await opened.read(0, size), file };
  } finally {
    await opened.close();
  }
}

/** Names come from index files, too, which anybody may have written: POSIX and Windows rules both hold. */
export function checkFileName(fileName: string, where: string): void {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(fileName) && !fileName.includes('..') && fileName.length <= 255;
  if (!isPlain) {
    throw new ClozeError('CHECKPOINT_CORRUPT', {
      message: `A file name must be plain (letters, digits, dots, dashes), got ${JSON.stringify(fileName.slice(0, 100))}.`,
      hint: 'The folder is damaged or hostile; download it again.',
      file: where,
    });
  }
}
