import { ClozeError } from '@cloze/core';

/** Ordinary text shrinks to a third or a tenth; a thousandth is an attack. */
const MAX_RATIO = 1000;
/** Below this many bytes any ratio is harmless. */
const FREE_BYTES = 1 << 24;

/** How much may come out. */
export interface GunzipLimits {
  /** As a multiple of what was read. Default: 1000. */
  readonly maxRatio?: number | undefined;
  /** Default: no limit, because what streams by takes no memory. */
  readonly maxBytes?: number | undefined;
}

/** Whether a file begins as gzip files do. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * Decompresses gzip as it streams by.
 *
 * @param file names the input in errors.
 * @throws {ClozeError} `DATA_INVALID` when the input is damaged or ends early, `RESOURCE_LIMIT` when it grows beyond a limit.
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  { maxRatio = MAX_RATIO, maxBytes = Infinity }: GunzipLimits = {},
): AsyncGenerator<Uint8Array, void, void> {
  // Imported here, so that a browser can load this package.
  const [{ createGunzip }, { Readable }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  let bytesIn = 0;
  let bytesOut = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of chunks) {
      bytesIn += chunk.length;
      yield chunk;
    }
  };
  const source = Readable.from(counted());
  const unzip = createGunzip();
  source.once('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of source.pipe(unzip) as AsyncIterable<Uint8Array>) {
      bytesOut += chunk.length;
      if (bytesOut > FREE_BYTES && bytesOut > bytesIn * maxRatio) {
        const limit = `at most maxRatio = ${maxRatio} times as large as the file`;
        throw tooLarge(file, bytesOut, {
          limit,
          hint: 'The file is probably hostile; if not, decompress it yourself.',
        });
      }
      if (bytesOut > maxBytes) {
        const limit = `at most maxBytes = ${maxBytes.toLocaleString('en-US')} bytes`;
        throw tooLarge(file, bytesOut, {
          limit,
          hint: 'Decompress the file yourself, so that it need not be held in memory.',
        });
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ClozeError) throw error;
    throw new ClozeError('DATA_INVALID', {
      message: `The file must be whole gzip, got a damaged one: ${error instanceof Error ? error.message : 'unknown'}.`,
      hint: 'Download or compress it again.',
      file,
      cause: error,
    });
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

function tooLarge(
  file: string,
  bytes: number,
  { limit, hint }: { readonly limit: string; readonly hint: string },
): ClozeError {
  return new ClozeError('RESOURCE_LIMIT', {
    message: `Decompressed data must be ${limit}, got ${bytes.toLocaleString('en-US')} bytes so far.`,
    hint,
    file,
  });
}
