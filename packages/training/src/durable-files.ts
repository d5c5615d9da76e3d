import { ClozeError } from '@cloze/core';

/** The calls to the operating system that checkpoints need: those of `node:fs/promises`. Given from outside so that tests can let each of them fail. */
export type FileSystem = Pick<
  typeof import('node:fs/promises'),
  'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'statfs'
>;

/** What a file must be. */
export interface FileDigest {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const READ_BYTES = 1 << 23;

/**
 * Files that are on the disk when a call resolves. Errors are `IO` with path and system code; nothing is tried twice, because after a failed fsync the
 * system may have forgotten what it did not write.
 */
export class DurableFiles {
  readonly #system: FileSystem;

  constructor(system: FileSystem) {
    this.#system = system;
  }

  /** On the real file system. Node is imported here, so that a browser can load this package. */
  static async open(system?: FileSystem): Promise<DurableFiles> {
    return new DurableFiles(system ?? (await import('node:fs/promises')));
  }

  async makeFolder(path: string): Promise<void> {
    await attempt(path, 'create the folder', () => this.#system.mkdir(path, { recursive: true }));
  }

  async list(path: string): Promise<string[]> {
    return attempt(path, 'list the folder', () => this.#system.readdir(path));
  }

  async read(path: string): Promise<Uint8Array> {
    return attempt(path, 'read', () => this.#system.readFile(path));
  }

  async rename(from: string, to: string): Promise<void> {
    await attempt(from, `rename to ${to}`, () => this.#system.rename(from, to));
  }

  /** Also folders; fine where there is nothing. */
  async remove(path: string): Promise<void> {
    await attempt(path, 'remove', () => this.#system.rm(path, { recursive: true, force: true }));
  }

  /** Writes a file that must not exist yet: all bytes, then fsync. */
  async write(path: string, chunks: Iterable<Uint8Array>): Promise<FileDigest> {
    const { createHash } = await import('node:crypto');
    const file = await attempt(path, 'create', () => this.#system.open(path, 'wx'));
    try {
      return await attempt(path, 'write', async () => {
        try {
          const hash = createHash('sha256');
          let bytes = 0;
          for (const chunk of chunks) {
            await file.writeFile(chunk);
            hash.update(chunk);
            bytes += chunk.length;
          }
          await file.sync();
          return { bytes, sha256: hash.digest('hex') };
        } finally {
          await file.close();
        }
      });
    } catch (error) {
      throw await this.undo(path, error);
    }
  }

  /** Removes what a failed write left. @returns what to throw: the error, with that of the removal if it failed, too. */
  async undo(path: string, error: unknown): Promise<unknown> {
    try {
      await this.remove(path);
      return error;
    } catch (second) {
      if (!(error instanceof ClozeError)) return error;
      return new ClozeError(error.code, {
        ...error.details,
        message: `${error.details.message} What was written could not be removed.`,
        cause: new AggregateError([error, second]),
      });
    }
  }

  /** Makes names in a folder durable. Windows does so by itself and refuses the call. */
  async syncFolder(path: string): Promise<void> {
    if (process.platform === 'win32') return;
    await attempt(path, 'sync the folder', async () => {
      const folder = await this.#system.open(path, 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    });
  }

  async digest(path: string): Promise<FileDigest> {
    const { createHash } = await import('node:crypto');
    return attempt(path, 'read', async () => {
      const file = await this.#system.open(path, 'r');
      try {
        const hash = createHash('sha256');
        const buffer = new Uint8Array(READ_BYTES);
        let bytes = 0;
        for (;;) {
          const { bytesRead } = await file.read(buffer, 0, READ_BYTES, bytes);
          if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
          hash.update(buffer.subarray(0, bytesRead));
          bytes += bytesRead;
        }
      } finally {
        await file.close();
      }
    });
  }

  /**
   * Refuses early what would fill the disk.
   *
   * @throws {ClozeError} `IO` with needed and free bytes.
   */
  async checkSpace(folder: string, neededBytes: number): Promise<void> {
    const { bavail, bsize } = await attempt(folder, 'measure the free space', () => this.#system.statfs(folder));
    const freeBytes = bavail * bsize;
    if (freeBytes >= neededBytes) return;
    throw new ClozeError('IO', {
      message: `A checkpoint needs ${neededBytes.toLocaleString('en-US')} bytes, ${freeBytes.toLocaleString('en-US')} are free (ENOSPC).`,
      hint: 'Free some space and resume; the checkpoints that were there still are.',
      file: folder,
      expected: `${neededBytes}`,
      actual: `${freeBytes}`,
    });
  }
}

/** Hexadecimal, of some bytes in memory, one after the other. */
export async function sha256Of(chunks: Iterable<Uint8Array>): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** The code of a system error, as `ENOSPC`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

async function attempt<T>(path: string, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || error instanceof ClozeError) throw error;
    throw new ClozeError('IO', {
      message: `Could not ${what}: ${code}.`,
      hint: HINTS[code] ?? 'Check the disk, then resume from the last checkpoint.',
      file: path,
      actual: code,
      cause: error,
    });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space and resume; the checkpoints that were there still are.',
  EDQUOT: 'Free some of your quota and resume; the checkpoints that were there still are.',
  EACCES: 'Give yourself the permission, or choose another output folder.',
  EROFS: 'Choose an output folder on a disk that can be written.',
  ENOENT: 'Check the path; it is relative to the working directory.',
};
