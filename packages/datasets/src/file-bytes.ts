import { ClozeError } from '@cloze/core';
import { fileReader } from './byte-reader.ts';

const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a regular file, a megabyte at a time, so that files of any size can be read.
 *
 * @param path relative to the working directory, or absolute.
 * @throws {ClozeError} `DATA_INVALID` when there is no such file, it is no regular file, or it is empty; `IO` when the system refuses to read it.
 */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void, void> {
  const reader = await fileReader(path);
  let offset = 0;
  for (;;) {
    const bytes = await reader.read(offset, CHUNK_BYTES);
    if (bytes.length === 0) break;
    offset += bytes.length;
    yield bytes;
  }
  if (offset === 0) {
    throw new ClozeError('DATA_INVALID', {
      message: 'The file must hold text, got 0 bytes.',
      hint: 'Check how it was written, or leave it out.',
      file: path,
    });
  }
}
