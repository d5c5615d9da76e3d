import { ClozeError } from '@cloze/core';
import { fileBytes } from './file-bytes.ts';
import { gunzip, isGzip } from './gzip.ts';

/**
 * The text of a file in pieces of at most a megabyte that never cut a character. Files in gzip are decompressed on the way.
 *
 * @throws {ClozeError} `DATA_INVALID` when the file is missing, empty, binary or not UTF-8 (with the offset of the first wrong byte); `IO` when the
 *   system refuses to read it; `RESOURCE_LIMIT` when it decompresses to absurd size.
 */
export async function* readText(path: string): AsyncGenerator<string, void, void> {
  const bytes = fileBytes(path);
  const first = await bytes.next();
  const whole = (async function* () {
    try {
      if (first.done !== true) yield first.value;
      yield* bytes;
    } finally {
      // Whoever stops at the first piece has not reached the delegation yet; the file must be closed all the same.
      await bytes.return();
    }
  })();
  yield* decodeText(first.done !== true && isGzip(first.value) ? gunzip(whole, path) : whole, path);
}

/**
 * Decodes UTF-8 strictly. A byte order mark at the beginning is left out.
 *
 * @param file names the input in errors.
 * @param begin where in the file the bytes begin, for errors. Default: 0.
 * @throws {ClozeError} `DATA_INVALID` with the byte offset, when the bytes are not UTF-8 or hold a NUL, as only binary files do.
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  { begin = 0 }: { readonly begin?: number } = {},
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: begin > 0 });
  let offset = begin;
  let pending = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = new Uint8Array(pending.length + chunk.length);
    bytes.set(pending);
    bytes.set(chunk, pending.length);
    const nul = bytes.indexOf(0);
    if (nul >= 0) throw notText('Text must not hold NUL bytes, got one: this is a binary file.', file, offset + nul);
    const { validLength, isTruncated } = scanUtf8(bytes);
    if (validLength < bytes.length && !isTruncated) throw notUtf8(file, offset + validLength, bytes[validLength]);
    const text = decoder.decode(bytes.subarray(0, validLength), { stream: true });
    pending = bytes.slice(validLength);
    offset += validLength;
    if (text !== '') yield text;
  }
  if (pending.length > 0) throw notUtf8(file, offset, pending[0]);
}

/**
 * How many leading bytes are whole, well-formed characters (no surrogates, nothing overlong, nothing above U+10FFFF), and whether what follows is the
 * beginning of one that was cut off.
 */
function scanUtf8(bytes: Uint8Array): { validLength: number; isTruncated: boolean } {
  let position = 0;
  while (position < bytes.length) {
    const lead = bytes[position] ?? 0;
    if (lead < 0x80) {
      position++;
      continue;
    }
    const length =
      lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    for (let index = 1; index < length; index++) {
      const byte = bytes[position + index];
      if (byte === undefined) return { validLength: position, isTruncated: true };
      if (byte < lowestFollower(lead, index) || byte > highestFollower(lead, index)) {
        return { validLength: position, isTruncated: false };
      }
    }
    if (length === 0) return { validLength: position, isTruncated: false };
    position += length;
  }
  return { validLength: position, isTruncated: false };
}

function lowestFollower(lead: number, index: number): number {
  if (index > 1) return 0x80;
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
}

function highestFollower(lead: number, index: number): number {
  if (index > 1) return 0xbf;
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
}

function notUtf8(file: string, offset: number, byte = 0): ClozeError {
  return notText(
    `Text must be UTF-8, got the byte 0x${byte.toString(16).padStart(2, '0')} that begins no character.`,
    file,
    offset,
  );
}

function notText(message: string, file: string, offset: number): ClozeError {
  return new ClozeError('DATA_INVALID', { message, hint: 'Convert the file to UTF-8 text.', file, offset });
}
