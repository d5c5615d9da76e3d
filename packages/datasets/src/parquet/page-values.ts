import type { Encoding, ParquetType } from 'hyparquet';
import { invalid, unsupported, type Place } from './errors.ts';
import { decodeRuns } from './run-lengths.ts';
import type { LeafColumn } from './schema.ts';

/** Bits of each value; byte arrays say their length themselves. */
const BITS: Readonly<Partial<Record<ParquetType, number>>> = {
  BOOLEAN: 1,
  INT32: 32,
  INT64: 64,
  INT96: 96,
  FLOAT: 32,
  DOUBLE: 64,
};
/** Values in a block of differences; writers use 128 or 1024. */
const MAX_DELTA_BLOCK = 65_536;

/** What is known about the values of a page. */
export interface EncodedValues {
  readonly encoding: Encoding;
  readonly count: number;
  readonly dictionarySize: number;
  readonly column: LeafColumn;
  readonly place: Place;
}

/**
 * Checks that bytes hold the values that the page says.
 *
 * @throws {ClozeError} `DATA_INVALID`; `UNSUPPORTED_FORMAT` for encodings that few use and that can grow without bound.
 * @see <https://parquet.apache.org/docs/file-format/data-pages/encodings/>
 */
export function checkValues(bytes: Uint8Array, page: EncodedValues): void {
  const { encoding, column, place, count } = page;
  const { type } = column;
  const isSound = ((): boolean => {
    if (encoding === 'PLAIN') return type === 'BYTE_ARRAY' ? holdsByteArrays(bytes, count) : fits(bytes, page);
    if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') return holdsIndices(bytes, page);
    if (encoding === 'RLE' && type === 'BOOLEAN') return decodeRuns(bytes.subarray(4), 1, count) !== undefined;
    if (encoding === 'BYTE_STREAM_SPLIT' && type !== 'BOOLEAN' && type !== 'BYTE_ARRAY') return fits(bytes, page);
    const isDelta = encoding === 'DELTA_BINARY_PACKED' && (type === 'INT32' || type === 'INT64');
    if (isDelta || (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && type === 'BYTE_ARRAY'))
      return count === 0 || startsDeltas(bytes);
    throw unsupported(place.file, `${encoding} values of type ${type} ("${column.path.join('.')}")`);
  })();
  if (!isSound) throw invalid(place, `must have ${count} ${encoding} values of type ${type} in this page`);
}

function fits(bytes: Uint8Array, { column, count }: EncodedValues): boolean {
  return count * (BITS[column.type] ?? 8 * column.typeLength) <= 8 * bytes.length;
}

function holdsByteArrays(bytes: Uint8Array, count: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  for (let index = 0; index < count; index++) {
    if (position + 4 > bytes.length) return false;
    position += 4 + view.getUint32(position, true);
  }
  return position <= bytes.length;
}

function holdsIndices(bytes: Uint8Array, { count, dictionarySize }: EncodedValues): boolean {
  if (count === 0) return true;
  const [bitWidth = 255] = bytes;
  if (bitWidth > 32 || dictionarySize === 0) return false;
  // With one value in the dictionary there is nothing to say; some writers say it all the same.
  if (bitWidth === 0 && bytes.length === 1) return true;
  const indices = decodeRuns(bytes.subarray(1), bitWidth, count);
  return indices?.every((index) => index < dictionarySize) ?? false;
}

/** Whether the header of delta-encoded integers makes sense; with others a decoder may never end. */
function startsDeltas(bytes: Uint8Array): boolean {
  let position = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 128) return value;
    }
    return Infinity;
  };
  const blockSize = next();
  const numMiniblocks = next();
  return (
    blockSize > 0 && blockSize <= MAX_DELTA_BLOCK && blockSize % 128 === 0 && (blockSize / numMiniblocks) % 32 === 0
  );
}
