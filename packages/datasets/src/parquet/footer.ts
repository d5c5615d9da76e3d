import { checkLimit, type ByteReader } from '@cloze/core';
import type { ColumnMetaData, FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import { invalid, unsupported, type Place } from './errors.ts';
import { leafColumns, readSchemaElement, type LeafColumn } from './schema.ts';
import { ThriftReader } from './thrift.ts';

const MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
/** The length of the metadata and the magic word, at the end. */
const TAIL_BYTES = 8;
/** Thousands of columns in thousands of row groups. */
const MAX_FOOTER_BYTES = 256_000_000;

const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

/** What a Parquet file says about itself, checked against its size and itself. */
export interface ParquetFooter {
  /** Only what the decoder needs. */
  readonly metadata: FileMetaData;
  readonly columns: readonly LeafColumn[];
}

/**
 * Reads the metadata at the end of a Parquet file. What it returns is consistent: the schema is a tree, every row group has the schema's columns, the
 * numbers of rows add up, and the bytes of the columns lie in the file without overlapping.
 *
 * @throws {ClozeError} `DATA_INVALID` or `UNSUPPORTED_FORMAT` with the file and the offset; `RESOURCE_LIMIT`.
 * @see <https://parquet.apache.org/docs/file-format/metadata/>
 */
export async function readFooter(reader: ByteReader): Promise<ParquetFooter> {
  const { file, size } = reader;
  const tail = await reader.read(Math.max(0, size - TAIL_BYTES), Math.min(TAIL_BYTES, size));
  const magic = String.fromCharCode(...tail.subarray(4));
  if (magic === ENCRYPTED_MAGIC) throw unsupported(file, 'encryption');
  if (tail.length < TAIL_BYTES || magic !== MAGIC) throw invalid({ file, offset: size }, `must end with ${MAGIC}`);
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  const begin = size - TAIL_BYTES - length;
  if (begin < MAGIC.length)
    throw invalid({ file, offset: size - TAIL_BYTES }, `cannot have metadata of ${length} bytes`);
  checkLimit(
    'The metadata of a Parquet file in bytes',
    length,
    { name: 'parquetFooterBytes', limit: MAX_FOOTER_BYTES },
    { file },
  );
  const bytes = await reader.read(begin, length);
  if (bytes.length !== length)
    throw invalid({ file, offset: begin + bytes.length }, 'ends early: it changed while it was read');
  const footer = parseMetadata(new ThriftReader(bytes, { file, offset: begin }), length, { file, offset: begin });
  checkRowGroups(footer, { file, offset: begin });
  return footer;
}

function parseMetadata(thrift: ThriftReader, length: number, place: Place): ParquetFooter {
  let schema: SchemaElement[] = [];
  let numRows = -1;
  let rowGroups: RowGroup[] = [];
  thrift.struct({
    2: () => (schema = thrift.list(() => readSchemaElement(thrift, place))),
    3: () => (numRows = thrift.integer()),
    4: () => (rowGroups = thrift.list(() => readRowGroup(thrift, place))),
  });
  return {
    metadata: {
      version: 1,
      schema,
      num_rows: toBigInt(numRows, 'num_rows', place),
      row_groups: rowGroups,
      metadata_length: length,
    },
    columns: leafColumns(schema, place),
  };
}

function readRowGroup(thrift: ThriftReader, place: Place): RowGroup {
  let columns: RowGroup['columns'] = [];
  let numRows = -1;
  thrift.struct({
    1: () => (columns = thrift.list(() => readColumnChunk(thrift, place))),
    3: () => (numRows = thrift.integer()),
  });
  return { columns, total_byte_size: 0n, num_rows: toBigInt(numRows, 'num_rows of a row group', place) };
}

function readColumnChunk(thrift: ThriftReader, place: Place): RowGroup['columns'][number] {
  const chunk: { metadata?: ColumnMetaData } = {};
  thrift.struct({
    1: () => {
      throw unsupported(place.file, 'columns in other files');
    },
    3: () => (chunk.metadata = readColumnMetadata(thrift, place)),
    8: () => {
      throw unsupported(place.file, 'encrypted columns');
    },
  });
  if (chunk.metadata === undefined) throw invalid(place, 'must describe every column');
  return { file_offset: 0n, meta_data: chunk.metadata };
}

function readColumnMetadata(thrift: ThriftReader, place: Place): ColumnMetaData {
  let path: string[] = [];
  let codec = -1;
  const numbers = { values: -1, compressedSize: -1, dataOffset: -1, dictionaryOffset: 0 };
  thrift.struct({
    3: () => (path = thrift.list(() => thrift.text())),
    4: () => (codec = thrift.integer()),
    5: () => (numbers.values = thrift.integer()),
    7: () => (numbers.compressedSize = thrift.integer()),
    9: () => (numbers.dataOffset = thrift.integer()),
    11: () => (numbers.dictionaryOffset = thrift.integer()),
  });
  const codecName = CODECS[codec];
  if (codecName === undefined) throw unsupported(place.file, `columns compressed with codec ${codec}`);
  const dictionaryOffset = toBigInt(numbers.dictionaryOffset, 'dictionary_page_offset', place);
  return {
    // The schema's type holds; it is put in when the columns are matched.
    type: 'BYTE_ARRAY',
    encodings: [],
    path_in_schema: path,
    codec: codecName,
    num_values: toBigInt(numbers.values, 'num_values', place),
    total_uncompressed_size: 0n,
    total_compressed_size: toBigInt(numbers.compressedSize, 'total_compressed_size', place),
    data_page_offset: toBigInt(numbers.dataOffset, 'data_page_offset', place),
    ...(dictionaryOffset > 0n && { dictionary_page_offset: dictionaryOffset }),
  };
}

function checkRowGroups({ metadata, columns }: ParquetFooter, place: Place): void {
  const { offset } = place;
  let numRows = 0n;
  let numBytes = 0;
  metadata.row_groups.forEach((group, groupIndex) => {
    const where = `row group ${groupIndex}`;
    if (group.columns.length !== columns.length) {
      throw invalid(place, `must have ${columns.length} columns in ${where}, got ${group.columns.length}`);
    }
    group.columns.forEach(({ meta_data: chunk }, index) => {
      const column = columns[index];
      if (chunk === undefined || column === undefined) return;
      const name = column.path.join('.');
      if (chunk.path_in_schema.join('.') !== name) throw invalid(place, `must have "${name}" as column ${index}`);
      chunk.type = column.type;
      if (column.isFlat && chunk.num_values !== group.num_rows) {
        throw invalid(place, `must have as many values in "${name}" as rows in ${where}`);
      }
      const { begin, end } = chunkRange(chunk);
      if (begin < MAGIC.length || end > offset) {
        throw invalid(place, `must hold "${name}" of ${where}, got bytes [${begin}, ${end}) of ${offset}`);
      }
      numBytes += end - begin;
    });
    numRows += group.num_rows;
  });
  if (numRows !== metadata.num_rows) {
    throw invalid(place, `must have ${metadata.num_rows} rows in all, got ${numRows}`);
  }
  if (numBytes > offset) throw invalid(place, 'must hold the bytes of each column once');
}

/** The bytes of a column in one row group. */
export function chunkRange(chunk: ColumnMetaData): { readonly begin: number; readonly end: number } {
  const begin = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
  return { begin, end: begin + Number(chunk.total_compressed_size) };
}

function toBigInt(value: number, what: string, place: Place): bigint {
  if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw invalid(place, `must have a ${what} in [0, 2^53), got ${value}`);
}
