import type { TaskDataOptions } from '@cloze/tasks';
import { UsageError } from '../usage-error.ts';

/**
 * What `--columns` says: all columns in order, where the first line names none (`text,label`), or which column is which, by name or number
 * (`text=review,label=2`).
 *
 * @throws {UsageError} when it says both.
 */
export function parseColumns(columns: string | undefined): Pick<TaskDataOptions, 'columns' | 'names'> {
  if (columns === undefined) return {};
  const entries = columns.split(',').map((entry) => entry.trim());
  const pairs = entries.map((entry) => entry.split('='));
  if (pairs.every(({ length }) => length === 1)) return { columns: entries };
  if (pairs.some((pair) => pair.length !== 2 || pair.includes(''))) {
    throw new UsageError({
      message: `--columns must name all columns in order, or say for each which one it is, got ${JSON.stringify(columns)}.`,
      hint: 'Write --columns text,label or --columns text=review,label=2.',
    });
  }
  return { names: Object.fromEntries(pairs.map(([name = '', column = '']) => [name, numberOrName(column)])) };
}

function numberOrName(column: string): string | number {
  return /^[1-9]\d*$/.test(column) ? Number(column) : column;
}
