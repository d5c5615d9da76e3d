import type { CompressionCodec, Compressors } from 'hyparquet';

/** Decompresses a page, whose length is known. Throws whatever it likes when it cannot. */
export type PageCodec = (input: Uint8Array, length: number) => Uint8Array;

/** Those that are supported, by name. */
export type PageCodecs = Readonly<Partial<Record<CompressionCodec, PageCodec>>>;

/** Bytes that a Zstandard block expands to at most, and of the window that it refers to; both as other decoders have them. */
const ZSTD_MAX_BLOCK_BYTES = 131_072;
const ZSTD_MAX_WINDOW_BYTES = 134_217_728;

/** Loads the decompressors; those of Node where there are, because they stop at the length that is given. */
export async function loadCodecs(): Promise<PageCodecs> {
  const { compressors, decompressZstd } = await import('hyparquet-compressors');
  const native = 'process' in globalThis ? await nativeCodecs() : {};
  const codec = (name: CompressionCodec): PageCodec => {
    const decompress = native[name] ?? compressors[name];
    if (decompress === undefined) throw new Error(`hyparquet-compressors has no ${name}`);
    return decompress;
  };
  return {
    UNCOMPRESSED: (input) => input,
    SNAPPY: codec('SNAPPY'),
    GZIP: codec('GZIP'),
    BROTLI: codec('BROTLI'),
    LZ4_RAW: codec('LZ4_RAW'),
    ZSTD: (input, length) => {
      checkZstd(input, length);
      return decompressZstd(input);
    },
  };
}

async function nativeCodecs(): Promise<Compressors> {
  const zlib = await import('node:zlib');
  return {
    GZIP: (input, length) => zlib.gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
    BROTLI: (input, length) => zlib.brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  };
}

/**
 * Walks over the blocks of Zstandard frames, because the decoder believes what they say about sizes.
 *
 * @see RFC 8878, section 3.1.1. <https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1>
 */
export function checkZstd(input: Uint8Array, length: number): void {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const wrong = (what: string): Error => new Error(`the Zstandard frame ${what}`);
  let position = 0;
  let numBytes = 0;
  while (position < input.length) {
    const magic = view.getUint32(position, true);
    if (magic >>> 4 === 0x184d2a5) {
      position += 8 + view.getUint32(position + 4, true);
      continue;
    }
    if (magic !== 0xfd2fb528) throw wrong('has another beginning');
    const flags = view.getUint8(position + 4);
    const isSingleSegment = (flags & 0x20) !== 0;
    const window = isSingleSegment ? 0 : view.getUint8(position + 5);
    const windowBytes = 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
    if (!isSingleSegment && windowBytes > ZSTD_MAX_WINDOW_BYTES) throw wrong('needs too large a window');
    const sizeBytes = flags >> 6 === 0 ? Number(isSingleSegment) : 2 ** (flags >> 6);
    position += isSingleSegment ? 5 : 6;
    position += [0, 1, 2, 4][flags & 3] ?? 0;
    if (sizeBytes > 0 && contentSize(view, position, sizeBytes) > length - numBytes) throw wrong('claims to hold more');
    position += sizeBytes;
    for (let isLast = false; !isLast;) {
      const header = view.getUint8(position) + view.getUint16(position + 1, true) * 256;
      isLast = header % 2 === 1;
      const type = (header >> 1) & 3;
      const size = header >> 3;
      if (size > ZSTD_MAX_BLOCK_BYTES) throw wrong('has too large a block');
      if (type !== 2) numBytes += size;
      if (numBytes > length) throw wrong('holds more');
      position += 3 + (type === 1 ? 1 : size);
    }
    position += (flags & 4) !== 0 ? 4 : 0;
  }
}

function contentSize(view: DataView, position: number, numBytes: number): number {
  if (numBytes === 1) return view.getUint8(position);
  if (numBytes === 2) return view.getUint16(position, true) + 256;
  if (numBytes === 4) return view.getUint32(position, true);
  return Number(view.getBigUint64(position, true));
}
