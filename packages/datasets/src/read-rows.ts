import { ConfigError } from '@cloze/core';
import { DataRow } from './data-row.ts';
import { CSV, parseDelimited, TSV, type DelimitedRow } from './delimited.ts';
import { parseJsonLines } from './json-lines.ts';
import { readLines } from './lines.ts';
import { readParquet } from './parquet.ts';
import { readText } from './text.ts';

/** How rows are written. `lines`: each line that is not blank is a row with the field `text`. */
export type RowFormat = 'lines' | 'jsonl' | 'csv' | 'tsv' | 'parquet';

/** What is known about a file of rows. */
export interface RowOptions {
  /** Default: by the end of the file's name, before `.gz`: `.txt`, `.jsonl`, `.ndjson`, `.csv`, `.tsv`, `.parquet`. */
  readonly format?: RowFormat | undefined;
  /** The names of the columns of a table; default: its first record. Of a Parquet file, the columns to read; default: all. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * The rows of a file, one pass. Everything but Parquet may be compressed with gzip. Empty lines are left out.
 *
 * @example
 * for await (const row of readRows('train.tsv', { columns: ['sentence', 'label'] })) console.log(row.text('sentence'), row.integer('label'));
 * @throws {ConfigError} when the format is not to be told from the name.
 * @throws {ClozeError} `DATA_INVALID`, `JSON_*` or `RESOURCE_LIMIT` with the line; and what reading text and Parquet throw.
 */
export async function* readRows(path: string, options: RowOptions = {}): AsyncGenerator<DataRow, void, void> {
  const format = options.format ?? formatOf(path);
  if (format !== 'parquet') {
    yield* textRows(readText(path), { ...options, format, file: path });
    return;
  }
  let line = 0;
  for await (const row of readParquet(path, options)) yield new DataRow(row, { file: path, line: ++line });
}

const FORMATS: readonly (readonly [ending: RegExp, format: RowFormat])[] = [
  [/\.(txt|text)(\.gz)?$/, 'lines'],
  [/\.(jsonl|ndjson)(\.gz)?$/, 'jsonl'],
  [/\.csv(\.gz)?$/, 'csv'],
  [/\.tsv(\.gz)?$/, 'tsv'],
  [/\.parquet$/, 'parquet'],
];

/** @throws {ConfigError} when the name does not tell. */
export function formatOf(path: string): RowFormat {
  const found = FORMATS.find(([ending]) => ending.test(path.toLowerCase()));
  if (found !== undefined) return found[1];
  throw new ConfigError({
    message: 'The name of a file must end with .txt, .jsonl, .ndjson, .csv, .tsv (each also .gz) or .parquet.',
    hint: 'Rename it, or say which format it has.',
    file: path,
  });
}

/** What is known about text. */
export interface TextRowOptions {
  readonly file: string;
  readonly format: Exclude<RowFormat, 'parquet'>;
  readonly columns?: readonly string[] | undefined;
  /** The number of the text's first line. Default: 1. */
  readonly firstLine?: number | undefined;
}

/** The rows of text. */
export async function* textRows(
  text: AsyncIterable<string> | Iterable<string>,
  { file, format, columns, firstLine }: TextRowOptions,
): AsyncGenerator<DataRow, void, void> {
  if (format === 'lines') {
    for await (const { line, text: own } of readLines(text, file, { firstLine })) {
      if (!BLANK.test(own)) yield new DataRow({ text: own }, { file, line });
    }
  } else if (format === 'jsonl') {
    for await (const { line, value } of parseJsonLines(text, file, { firstLine }))
      yield new DataRow(value, { file, line });
  } else {
    let names = columns;
    const table = { ...TABLES[format], firstLine, numFields: columns?.length };
    for await (const record of parseDelimited(text, file, table)) {
      if (names === undefined) names = columnNames(record, file);
      else yield tableRow(names, record, file);
    }
  }
}

/** The names of the columns in the first record of a table; none where there is no record. */
export async function tableColumns(
  text: AsyncIterable<string>,
  { file, format }: { readonly file: string; readonly format: 'csv' | 'tsv' },
): Promise<readonly string[]> {
  for await (const record of parseDelimited(text, file, TABLES[format])) return columnNames(record, file);
  return [];
}

const TABLES = { csv: CSV, tsv: TSV };

/** Of a line of text: white space only, as the index of rows sees it. */
const BLANK = /^[ \t\r]*$/;

function columnNames({ fields, line }: DelimitedRow, file: string): readonly string[] {
  const repeated = fields.find((name, index) => fields.indexOf(name) !== index);
  if (repeated === undefined) return fields;
  throw new ConfigError({
    message: `The first record must name each column once, got ${JSON.stringify(repeated.slice(0, 40))} twice.`,
    hint: 'If it names no columns, say how they are called.',
    file,
    line,
  });
}

function tableRow(names: readonly string[], { fields, line }: DelimitedRow, file: string): DataRow {
  // Without a prototype every name is data.
  const values = Object.create(null) as Record<string, string>;
  names.forEach((name, index) => (values[name] = fields[index] ?? ''));
  return new DataRow(values, { file, line });
}
