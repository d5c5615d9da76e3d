import { ClozeError, type ByteReader } from '@cloze/core';
import { blobReader, fileReader } from './byte-reader.ts';
import { DataRow } from './data-row.ts';
import { fileBytes } from './file-bytes.ts';
import { fingerprint } from './fingerprint.ts';
import { gunzip, isGzip } from './gzip.ts';
import { openParquet } from './parquet.ts';
import { formatOf, tableColumns, textRows, type RowOptions, type TextRowOptions } from './read-rows.ts';
import { RecordScanner, type RecordRange } from './record-scanner.ts';
import { decodeText } from './text.ts';

const BLOCK_BYTES = 1 << 20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Of a file in gzip when it is decompressed: it has to be held in memory, because one cannot read on from any place. */
const MAX_HELD_BYTES = 1 << 30;

/** Neighbouring rows that are read at once. */
export interface RowChunk {
  readonly numRows: number;
  /** In the file. */
  readonly numBytes: number;
  read(): Promise<readonly DataRow[]>;
}

/** A file of rows that can be read in any order. */
export interface RowIndex {
  readonly chunks: readonly RowChunk[];
  /** Of the file's bytes. */
  readonly fingerprint: string;
}

/**
 * Reads a file of rows once to find out where they are. Keeps a few numbers for every `chunkBytes`; Parquet files come in row groups.
 *
 * @throws {ClozeError} see `readRows`; what is wrong within rows is found when they are read.
 */
export async function indexRows(
  path: string,
  { chunkBytes, ...options }: RowOptions & { readonly chunkBytes: number },
): Promise<RowIndex> {
  const format = options.format ?? formatOf(path);
  if (format === 'parquet') return parquetIndex(path, options);
  const reader = await seekable(path);
  const hasHeader = (format === 'csv' || format === 'tsv') && options.columns === undefined;
  const start = await reader.read(0, BYTE_ORDER_MARK.length);
  const begin = BYTE_ORDER_MARK.every((byte, index) => start[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  const scanner = new RecordScanner(begin, {
    file: path,
    isQuoted: format === 'csv',
    skipsBlank: format === 'lines' || format === 'jsonl',
    hasHeader,
    rangeBytes: chunkBytes,
  });
  const hash = await hashed(reader, begin, (block) => {
    scanner.push(block);
  });
  scanner.end();
  const [first, ...others] = scanner.ranges;
  const columns =
    hasHeader && first !== undefined
      ? await tableColumns(await textOf(reader, first), { file: path, format })
      : options.columns;
  const ranges = hasHeader ? others : scanner.ranges;
  return {
    fingerprint: hash,
    chunks: ranges.map((range) => ({
      numRows: range.numRecords,
      numBytes: range.end - range.begin,
      read: () => readRange(reader, range, { file: path, format, columns, firstLine: range.firstLine }),
    })),
  };
}

async function parquetIndex(path: string, { columns }: RowOptions): Promise<RowIndex> {
  const { groups } = await openParquet(path);
  let line = 0;
  const chunks = groups.map((group): RowChunk => {
    const firstLine = line + 1;
    line += group.numRows;
    return {
      numRows: group.numRows,
      numBytes: group.numBytes,
      read: async () =>
        Array.from(
          await group.read(columns),
          (row, index) => new DataRow(row, { file: path, line: firstLine + index }),
        ),
    };
  });
  return { chunks: chunks.filter(({ numRows }) => numRows > 0), fingerprint: await hashed(await fileReader(path), 0) };
}

async function seekable(path: string): Promise<ByteReader> {
  const reader = await fileReader(path);
  if (!isGzip(await reader.read(0, 2))) return reader;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of gunzip(fileBytes(path), path, { maxBytes: MAX_HELD_BYTES }))
    pieces.push(Uint8Array.from(piece));
  return blobReader(new Blob(pieces), path);
}

async function hashed(reader: ByteReader, begin: number, use?: (block: Uint8Array) => void): Promise<string> {
  let hash = '';
  for (let offset = begin; ;) {
    const block = await reader.read(offset, BLOCK_BYTES);
    if (block.length === 0) return hash;
    const words = new Int32Array(block.buffer, 0, block.length >> 2);
    hash = fingerprint(hash, words, block.subarray(words.byteLength));
    use?.(block);
    offset += block.length;
  }
}

async function textOf(reader: ByteReader, { begin, end }: RecordRange): Promise<AsyncIterable<string>> {
  return decodeText([await reader.read(begin, end - begin)], reader.file, { begin });
}

async function readRange(reader: ByteReader, range: RecordRange, options: TextRowOptions): Promise<readonly DataRow[]> {
  const rows: DataRow[] = [];
  for await (const row of textRows(await textOf(reader, range), options)) rows.push(row);
  if (rows.length === range.numRecords) return rows;
  throw new ClozeError('DATA_INVALID', {
    message: `The file must not change while it is used, got ${rows.length} records where there were ${range.numRecords}.`,
    hint: 'Leave it as it is until the run is over.',
    file: reader.file,
    line: range.firstLine,
  });
}
