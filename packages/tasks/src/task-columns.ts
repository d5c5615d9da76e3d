import { closest, ClozeError } from '@cloze/core';
import type { DataRow } from '@cloze/datasets';

/** A column that a task reads. */
export interface TaskColumn {
  /** What it is for, and its first name: `text`. */
  readonly name: string;
  /** Names that known data sets give it: `sentence`. */
  readonly aliases?: readonly string[];
  /** Whether data must have it. Default: yes. */
  readonly isRequired?: boolean;
  /** Whether it holds what is to be predicted. Default: no. */
  readonly isTarget?: boolean;
}

/** Which column of the data stands for which of the task's: `{ text: 'review' }`. */
export type ColumnNames = Readonly<Record<string, string>>;

/**
 * Finds the columns of a task in data, once for all its rows: under the name that the caller gives, under its own, or under an alias.
 *
 * @param row any row of the data.
 * @param renamed the names that the caller gives.
 * @throws {ClozeError} `DATA_INVALID` with file and line when a column is missing, `USAGE` when the task has no such column.
 */
export function findColumns(columns: readonly TaskColumn[], row: DataRow, renamed: ColumnNames = {}): ColumnNames {
  checkRenamed(columns, renamed);
  const found = columns.map((column) => [column.name, nameIn(row, column, renamed[column.name])] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function nameIn(
  row: DataRow,
  { name, aliases = [], isRequired = true }: TaskColumn,
  renamed: string | undefined,
): string | undefined {
  const names = renamed === undefined ? [name, ...aliases] : [renamed];
  const found = names.find((candidate) => Object.hasOwn(row.values, candidate));
  if (found !== undefined || (!isRequired && renamed === undefined)) return found;
  const existing = Object.keys(row.values);
  const shown = existing.slice(0, 10).map((column) => JSON.stringify(column.slice(0, 40)));
  const meant = closest(names[0] ?? name, existing);
  throw new ClozeError('DATA_INVALID', {
    message: `There must be a column ${JSON.stringify(names[0])}${names.length > 1 ? ` (or ${names.slice(1).join(', ')})` : ''}, got ${shown.join(', ')}.`,
    hint:
      meant === undefined
        ? 'If the first line names no columns, name them (--columns text,label); otherwise say which one it is (--columns text=NAME).'
        : `Did you mean ${JSON.stringify(meant)}?`,
    ...row.place,
  });
}

function checkRenamed(columns: readonly TaskColumn[], renamed: ColumnNames): void {
  const names = columns.map(({ name }) => name);
  const unknown = Object.keys(renamed).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = closest(unknown, names);
  throw new ClozeError('USAGE', {
    message: `This task reads the columns ${names.join(', ')}, got ${JSON.stringify(unknown)}.`,
    hint: meant === undefined ? 'Name one of these.' : `Did you mean ${JSON.stringify(meant)}?`,
  });
}
