import type { CompressionCodec } from 'hyparquet';
import type { PageCodecs } from './codecs.ts';
import type { DecodingBudget } from './decoding-budget.ts';
import { invalid, unsupported, type Place } from './errors.ts';
import { readPageHeader, type DataPageHeader } from './page-header.ts';
import { checkValues } from './page-values.ts';
import { decodeRuns } from './run-lengths.ts';
import type { LeafColumn } from './schema.ts';

/** The bytes of one column in one row group. */
export interface ColumnChunk {
  readonly bytes: Uint8Array;
  readonly column: LeafColumn;
  readonly codec: CompressionCodec;
  readonly numValues: number;
  /** Its file, and where in it the bytes begin. */
  readonly place: Place;
}

/** What decoding may use. */
export interface DecodingMeans {
  readonly codecs: PageCodecs;
  readonly budget: DecodingBudget;
}

/**
 * Walks over the pages of a column and checks all that the decoder believes: sizes, counts, levels, indices into the dictionary. What was checked decodes
 * in the time and memory that its pages say.
 *
 * @throws {ClozeError} `DATA_INVALID` with the offset of the page; `UNSUPPORTED_FORMAT`; `RESOURCE_LIMIT`.
 * @see <https://parquet.apache.org/docs/file-format/data-pages/>
 */
export function checkPages(chunk: ColumnChunk, { codecs, budget }: DecodingMeans): void {
  const { bytes, column, numValues, place } = chunk;
  let position = 0;
  let numFound = 0;
  let dictionarySize = 0;
  // The decoder reads flat columns until it has the values, and lists to the last page.
  while (column.isFlat ? numFound < numValues : position < bytes.length - 1) {
    const here = { file: place.file, offset: place.offset + position };
    const header = readPageHeader(bytes, position, place);
    position = header.end + header.compressedSize;
    if (position > bytes.length) throw invalid(here, 'must hold its pages whole');
    budget.spend(header.uncompressedSize, header.numValues, here);
    const body = bytes.subarray(header.end, position);
    const context = { chunk, codecs, place: here };
    if (header.kind === 'dictionary') {
      const page = decompressed(body, header.uncompressedSize, context);
      checkValues(page, { encoding: 'PLAIN', count: header.numValues, dictionarySize, column, place: here });
      dictionarySize = header.numValues;
      continue;
    }
    numFound += header.numValues;
    if (numFound > numValues) throw invalid(here, `must have ${numValues} values in this column, got more`);
    const { values, count } = (header.kind === 'v1' ? openV1 : openV2)(body, header, context);
    checkValues(values, { encoding: header.encoding, count, dictionarySize, column, place: here });
  }
  if (numFound < numValues) throw invalid(place, `must have ${numValues} values in this column, got ${numFound}`);
}

interface PageContext {
  readonly chunk: ColumnChunk;
  readonly codecs: PageCodecs;
  /** Of the page. */
  readonly place: Place;
}

/** The encoded values of a page, and how many they are: those that are not missing. */
interface PageValues {
  readonly values: Uint8Array;
  readonly count: number;
}

/** The first version: levels are compressed with the values, each after its length. */
function openV1(body: Uint8Array, header: DataPageHeader, context: PageContext): PageValues {
  const { place, chunk } = context;
  let rest = decompressed(body, header.uncompressedSize, context);
  const takeLevels = (maxLevel: number): number => {
    if (maxLevel === 0) return header.numValues;
    if (rest.length < 4) throw invalid(place, 'must have levels in this page');
    const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
    if (length > rest.length - 4) throw invalid(place, 'must have levels that fit into their page');
    const count = numAtTop(rest.subarray(4, 4 + length), maxLevel, header.numValues, place);
    rest = rest.subarray(4 + length);
    return count;
  };
  takeLevels(chunk.column.maxRepetitionLevel);
  const count = takeLevels(chunk.column.maxDefinitionLevel);
  return { values: rest, count };
}

/** The second version: levels stand before the values, never compressed. */
function openV2(body: Uint8Array, header: DataPageHeader, context: PageContext): PageValues {
  const { place, chunk } = context;
  const { repetitionBytes, definitionBytes, numValues, isCompressed } = header;
  const levelBytes = repetitionBytes + definitionBytes;
  if (levelBytes > Math.min(body.length, header.uncompressedSize)) {
    throw invalid(place, 'must have levels that fit into their page');
  }
  const levels = [
    [chunk.column.maxRepetitionLevel, body.subarray(0, repetitionBytes)],
    [chunk.column.maxDefinitionLevel, body.subarray(repetitionBytes, levelBytes)],
  ] as const;
  let count = numValues;
  for (const [maxLevel, encoded] of levels) {
    if (maxLevel === 0 && encoded.length > 0) throw invalid(place, 'must have no levels where nothing may be missing');
    count = maxLevel === 0 ? numValues : numAtTop(encoded, maxLevel, numValues, place);
  }
  // As pyarrow writes lists of structures, which the decoder cannot read either.
  if (count !== numValues - header.numNulls)
    throw unsupported(place.file, 'pages of version 2 that miscount what is missing');
  const values = body.subarray(levelBytes);
  const size = header.uncompressedSize - levelBytes;
  return { values: isCompressed ? decompressed(values, size, context) : values, count };
}

function numAtTop(encoded: Uint8Array, maxLevel: number, numValues: number, place: Place): number {
  const levels = decodeRuns(encoded, 32 - Math.clz32(maxLevel), numValues);
  if (levels === undefined) throw invalid(place, `must have ${numValues} levels in this page`);
  let count = 0;
  for (const level of levels) {
    if (level > maxLevel) throw invalid(place, `must have levels of at most ${maxLevel} in this page, got ${level}`);
    if (level === maxLevel) count++;
  }
  return count;
}

function decompressed(body: Uint8Array, length: number, { chunk, codecs, place }: PageContext): Uint8Array {
  const decompress = codecs[chunk.codec];
  if (decompress === undefined) throw unsupported(place.file, `columns compressed with ${chunk.codec}`);
  let page: Uint8Array;
  try {
    page = decompress(body, length);
  } catch (cause) {
    throw invalid(place, 'must have pages that can be decompressed', cause);
  }
  if (page.length === length) return page;
  throw invalid(place, `must have a page of ${length} bytes here, got ${page.length}`);
}
