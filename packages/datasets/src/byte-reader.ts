import type { FileHandle } from 'node:fs/promises';
import { ClozeError, type ByteReader } from '@cloze/core';

/**
 * A regular file that is read at any place. It is open only while it is read, so there is nothing to close.
 *
 * @param path relative to the working directory, or absolute.
 * @throws {ClozeError} `DATA_INVALID` when there is no such file, or it is no regular file; `IO` when the system refuses to read it.
 */
export async function fileReader(path: string): Promise<ByteReader> {
  const size = await whileOpen(path, async (file) => {
    const stat = await file.stat();
    if (stat.isFile()) return stat.size;
    throw new ClozeError('DATA_INVALID', {
      message: 'Data must be a regular file, got a folder or a device.',
      hint: 'Name the files in it one by one.',
      file: path,
    });
  });
  return {
    file: path,
    size,
    read: (offset, length) =>
      whileOpen(path, async (file) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      }),
  };
}

/**
 * A file that a browser holds, or bytes, to be read at any place.
 *
 * @param file names it in errors.
 */
export function blobReader(blob: Blob, file: string): ByteReader {
  return {
    file,
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

async function whileOpen<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  // Imported here, so that a browser can load this package.
  const { open } = await import('node:fs/promises');
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await use(file);
  } catch (error) {
    throw readError(path, error);
  } finally {
    await file?.close();
  }
}

function readError(path: string, error: unknown): unknown {
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
