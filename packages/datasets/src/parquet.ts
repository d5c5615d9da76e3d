import { ConfigError, type ByteReader } from '@cloze/core';
import { fileReader } from './byte-reader.ts';
import type { DecodingLimits } from './parquet/decoding-budget.ts';
import { loadDecoder } from './parquet/decoder.ts';
import { readFooter } from './parquet/footer.ts';
import { readRowGroup } from './parquet/row-group.ts';

/**
 * A row: its columns by name. Texts, JSON among them, are strings; integers of 64 bits are numbers where they are safe and else of type `bigint`; dates and
 * times are of type `Date`; decimals are numbers; bytes are of type `Uint8Array`; what is missing is null; lists are arrays; structures and maps are
 * objects.
 */
export type ParquetRow = Readonly<Record<string, unknown>>;

/** Rows that are read at once. */
export interface ParquetRowGroup {
  readonly numRows: number;
  /** In the file. */
  readonly numBytes: number;
  /** @param columns which to read. Default: all. */
  read(columns?: readonly string[]): Promise<Iterable<ParquetRow>>;
}

/** An opened Parquet file. */
export interface ParquetFile {
  readonly file: string;
  /** The names of the top-level columns. */
  readonly columns: readonly string[];
  readonly numRows: number;
  readonly groups: readonly ParquetRowGroup[];
}

/** Settings of {@link openParquet}. */
export interface ParquetOptions {
  /** Default: 16 MiB and 8 Mi values per row group, and beyond that 100 bytes and 8 values per byte in the file. */
  readonly limits?: DecodingLimits | undefined;
}

const LIMITS: DecodingLimits = { freeBytes: 1 << 24, maxRatio: 100, freeValues: 1 << 23, maxValuesPerByte: 8 };

/**
 * Opens a Parquet file: reads and checks its metadata only. Needs the packages `hyparquet` and `hyparquet-compressors`. Values are checked before they are
 * decoded, so that a damaged or hostile file gives an error, not a crash. `DELTA_BYTE_ARRAY`, LZO, the old LZ4 and encryption are not supported.
 *
 * @param source a path, or a reader: `blobReader` in a browser.
 * @throws {ClozeError} `DATA_INVALID` with the offset when the file is damaged; `UNSUPPORTED_FORMAT` when it needs what is not supported or a package is
 *   missing; `RESOURCE_LIMIT` when decoding would take memory out of proportion to its size. So do the functions that read.
 * @see <https://parquet.apache.org/docs/file-format/>
 */
export async function openParquet(
  source: string | ByteReader,
  { limits = LIMITS }: ParquetOptions = {},
): Promise<ParquetFile> {
  const reader = typeof source === 'string' ? await fileReader(source) : source;
  const decoder = await loadDecoder();
  const footer = await readFooter(reader);
  const columns = [...new Set(footer.columns.map(({ path }) => path[0] ?? ''))];
  return {
    file: reader.file,
    columns,
    numRows: Number(footer.metadata.num_rows),
    groups: footer.metadata.row_groups.map((group) => ({
      numRows: Number(group.num_rows),
      numBytes: group.columns.reduce((sum, { meta_data: chunk }) => sum + Number(chunk?.total_compressed_size ?? 0), 0),
      read: async (names = columns) => {
        const unknown = names.find((name) => !columns.includes(name));
        if (unknown !== undefined) throw unknownColumn(unknown, columns, reader.file);
        return readRowGroup(group, names, { reader, footer, decoder, limits });
      },
    })),
  };
}

/**
 * The rows of a Parquet file, one row group in memory at a time.
 *
 * @param columns which to read. Default: all.
 * @throws {ClozeError} see {@link openParquet}; {ConfigError} when there is no such column.
 */
export async function* readParquet(
  source: string | ByteReader,
  { columns, ...options }: ParquetOptions & { readonly columns?: readonly string[] | undefined } = {},
): AsyncGenerator<ParquetRow, void, void> {
  const { groups } = await openParquet(source, options);
  for (const group of groups) yield* await group.read(columns);
}

function unknownColumn(name: string, columns: readonly string[], file: string): ConfigError {
  return new ConfigError({
    message: `The column "${name}" must be in the file, found none.`,
    hint: `Choose from ${columns.slice(0, 20).join(', ')}.`,
    file,
  });
}
