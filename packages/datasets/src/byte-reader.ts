import type { ByteReader } from '@cloze/core';
import { openFile, readError } from './file-bytes.ts';

/**
 * A regular file that is read at any place. It is open only while it is read, so there is nothing to close.
 *
 * @param path relative to the working directory, or absolute.
 * @throws {ClozeError} `DATA_INVALID` when there is no such file, or it is no regular file; `IO` when the system refuses to read it.
 */
export async function fileReader(path: string): Promise<ByteReader> {
  const file = await openFile(path);
  const { size } = await file.stat().finally(() => file.close());
  return {
    file: path,
    size,
    read: async (offset, length) => {
      const opened = await openFile(path);
      try {
        const bytes = new Uint8Array(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await opened.read(bytes, filled, length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } catch (error) {
        throw readError(path, error);
      } finally {
        await opened.close();
      }
    },
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
