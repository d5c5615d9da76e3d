import type { Encoding } from 'hyparquet';
import { invalid, type Place } from './errors.ts';
import { ThriftReader } from './thrift.ts';

const KINDS = ['v1', undefined, 'dictionary', 'v2'] as const;
const ENCODINGS: readonly Encoding[] = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
];

interface PageSizes {
  /** Where the header ends, in the bytes of the chunk. */
  readonly end: number;
  readonly uncompressedSize: number;
  readonly compressedSize: number;
  readonly numValues: number;
}

/** A page of the values that others refer to. */
export interface DictionaryPageHeader extends PageSizes {
  readonly kind: 'dictionary';
}

/** A page of values. The last four say something in the second version only. */
export interface DataPageHeader extends PageSizes {
  readonly kind: 'v1' | 'v2';
  readonly encoding: Encoding;
  readonly numNulls: number;
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
  readonly isCompressed: boolean;
}

/**
 * Reads the header of the page that begins at a position of a column chunk.
 *
 * @throws {ClozeError} `DATA_INVALID` when it is damaged, or a number in it is negative.
 */
export function readPageHeader(
  bytes: Uint8Array,
  position: number,
  place: Place,
): DictionaryPageHeader | DataPageHeader {
  const thrift = new ThriftReader(bytes, { ...place, begin: position });
  const numbers = { kind: -1, encoding: -1, uncompressedSize: -1, compressedSize: -1 };
  const counts = { numValues: -1, numNulls: 0, definitionBytes: 0, repetitionBytes: 0 };
  let isCompressed = true;
  const pageHeaderFields = {
    1: () => (counts.numValues = thrift.integer()),
    2: () => (numbers.encoding = thrift.integer()),
  };
  thrift.struct({
    1: () => (numbers.kind = thrift.integer()),
    2: () => (numbers.uncompressedSize = thrift.integer()),
    3: () => (numbers.compressedSize = thrift.integer()),
    5: () => {
      thrift.struct(pageHeaderFields);
    },
    7: () => {
      thrift.struct(pageHeaderFields);
    },
    8: () => {
      thrift.struct({
        1: () => (counts.numValues = thrift.integer()),
        2: () => (counts.numNulls = thrift.integer()),
        4: () => (numbers.encoding = thrift.integer()),
        5: () => (counts.definitionBytes = thrift.integer()),
        6: () => (counts.repetitionBytes = thrift.integer()),
        7: () => (isCompressed = thrift.boolean()),
      });
    },
  });
  const here = { file: place.file, offset: place.offset + position };
  const { uncompressedSize, compressedSize } = numbers;
  for (const count of [uncompressedSize, compressedSize, ...Object.values(counts)]) {
    if (!(count >= 0 && count < 2 ** 31)) throw invalid(here, `must have pages with counts in [0, 2^31), got ${count}`);
  }
  const kind = KINDS[numbers.kind];
  const encoding = ENCODINGS[numbers.encoding];
  if (kind === undefined || encoding === undefined) throw invalid(here, 'must have pages of a known kind');
  const sizes = { end: thrift.position, uncompressedSize, compressedSize, numValues: counts.numValues };
  return kind === 'dictionary' ? { kind, ...sizes } : { kind, ...sizes, encoding, ...counts, isCompressed };
}
