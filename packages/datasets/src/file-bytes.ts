import type { FileHandle } from 'node:fs/promises';
import { ClozeError } from '@cloze/core';

const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a regular file, a megabyte at a time, so that files of any size can be read.
 *
 * @param path relative to the working directory, or absolute.
 * @throws {ClozeError} `DATA_INVALID` when there is no such file, it is no regular file, or it is empty; `IO` when the system refuses to read it.
 */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await openFile(path);
  try {
    let offset = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    if (offset === 0) {
      throw new ClozeError('DATA_INVALID', {
        message: 'The file must hold text, got 0 bytes.',
        hint: 'Check how it was written, or leave it out.',
        file: path,
      });
    }
  } catch (error) {
    throw readError(path, error);
  } finally {
    await file.close();
  }
}

/** Opens a regular file for reading; the caller closes it. */
export async function openFile(path: string): Promise<FileHandle> {
  // Imported here, so that a browser can load this package.
  const { open } = await import('node:fs/promises');
  const file = await open(path, 'r').catch((error: unknown) => {
    throw readError(path, error);
  });
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  throw new ClozeError('DATA_INVALID', {
    message: 'Data must be a regular file, got a folder or a device.',
    hint: 'Name the files in it one by one.',
    file: path,
  });
}

/** Says what the system says, with the file. */
export function readError(path: string, error: unknown): unknown {
  if (error instanceof ClozeError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ClozeError('DATA_INVALID', {
      message: 'The file must exist, found none.',
      hint: 'Check the path; it is relative to the working directory.',
      file: path,
      cause: error,
    });
  }
  return new ClozeError('IO', {
    message: `The file must be readable, got ${code}.`,
    hint: code === 'EACCES' ? 'Give yourself the permission to read it.' : 'Check the disk, then try again.',
    file: path,
    cause: error,
  });
}
