import { ClozeError } from '@cloze/core';
import { CSV, parseDelimited, readRows, readText, TSV, type RowOptions } from '@cloze/datasets';
import { findColumns, type ColumnNames } from './task-columns.ts';
import type { Task } from './task.ts';

/** How a data file is to be read. */
export interface TaskDataOptions {
  /** Default: by the end of the file's name. */
  readonly format?: RowOptions['format'];
  /** The columns of a table whose first line names none, in order. What the task does not know is passed over. */
  readonly columns?: readonly string[] | undefined;
  /**
   * Which column of the file stands for which of the task's: its name, or its number from 1 in a table whose first line names none. Default: the names and
   * aliases of the task.
   */
  readonly names?: Readonly<Record<string, string | number>> | undefined;
  /** Whether the data must say what is to be predicted; otherwise those columns are passed over. Default: yes. */
  readonly isLabelled?: boolean | undefined;
}

/**
 * The rows of a data file as a task reads them: TSV, CSV, JSON Lines, Parquet or lines of text. All are read and checked, and held in memory.
 *
 * @throws {ClozeError} `DATA_INVALID` with file, line and column when a column is missing or a value is not what the task needs, or when there are no
 *   rows; and what `readRows` of `@cloze/datasets` throws.
 */
export async function readTaskData<Row>(
  task: Pick<Task<Row, unknown>, 'columns' | 'readRow'>,
  file: string,
  options: TaskDataOptions = {},
): Promise<Row[]> {
  const { format, columns, names } = await settled(file, options);
  const { isLabelled = true } = options;
  const wanted = task.columns.filter(({ isTarget = false }) => isLabelled || !isTarget);
  const rows: Row[] = [];
  let found: ColumnNames | undefined;
  for await (const row of readRows(file, { format, columns })) {
    found ??= findColumns(wanted, row, names);
    rows.push(task.readRow(row, found));
  }
  if (rows.length > 0) return rows;
  throw new ClozeError('DATA_INVALID', {
    message: 'The file must hold at least one row, got none.',
    hint: 'Check that it holds more than the names of columns.',
    file,
  });
}

/** Numbers of columns become names. */
async function settled(
  file: string,
  { format, columns, names = {} }: TaskDataOptions,
): Promise<RowOptions & { readonly names: ColumnNames }> {
  const isNumbered = Object.values(names).some((name) => typeof name === 'number');
  if (!isNumbered) return { format, columns, names: Object.fromEntries(texts(names)) };
  const numbers = Array.from({ length: await numFieldsOf(file, format) }, (_, index) => `${index + 1}`);
  return { format, columns: numbers, names: Object.fromEntries(texts(names)) };
}

function texts(names: Readonly<Record<string, string | number>>): [string, string][] {
  return Object.entries(names).map(([name, column]) => [name, `${column}`]);
}

async function numFieldsOf(file: string, format: RowOptions['format']): Promise<number> {
  const isCsv = format === undefined ? /\.csv(\.gz)?$/i.test(file) : format === 'csv';
  for await (const { fields } of parseDelimited(readText(file), file, isCsv ? CSV : TSV)) return fields.length;
  return 0;
}
