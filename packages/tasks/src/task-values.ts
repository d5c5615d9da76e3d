import { ClozeError } from '@cloze/core';
import type { DataRow, RowPlace } from '@cloze/datasets';
import type { ColumnNames } from './task-columns.ts';

/** What all rows of tasks may have: where they are from, for errors. */
export interface TaskRow {
  readonly place?: RowPlace | undefined;
  /** What the file calls the column of the labels. */
  readonly labelColumn?: string | undefined;
}

/** The values of a row by the names of the task's columns. Errors say file, line, the column's own name, and what was found. */
export class TaskValues {
  readonly #row: DataRow;
  readonly #columns: ColumnNames;

  constructor(row: DataRow, columns: ColumnNames) {
    this.#row = row;
    this.#columns = columns;
  }

  /** Whether the row has a value there: absent, null and empty text are none. */
  has(name: string): boolean {
    const value = this.raw(name);
    return value !== undefined && value !== null && value !== '';
  }

  raw(name: string): unknown {
    const column = this.#columns[name];
    return column !== undefined && Object.hasOwn(this.#row.values, column) ? this.#row.values[column] : undefined;
  }

  /** Text that is not blank. */
  text(name: string): string {
    const value = this.raw(name);
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw this.error(name, 'text that is not empty');
  }

  /** Text, or a number or truth value written as text: `1` and `"1"` are the same label. */
  label(name: string): string {
    const value = this.raw(name);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
    throw this.error(name, 'a label');
  }

  number(name: string): number {
    const value = this.raw(name);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw this.error(name, 'a number');
  }

  /** A list of texts; in tables, where there are no lists, what spaces separate. */
  list(name: string): string[] {
    const value = this.raw(name);
    if (typeof value === 'string' && value.trim() !== '') return value.trim().split(/\s+/);
    if (Array.isArray(value) && value.length > 0) {
      const items: readonly unknown[] = value;
      if (items.every((item) => typeof item === 'string' || typeof item === 'number')) return items.map(String);
    }
    throw this.error(name, 'a list of texts that is not empty');
  }

  /** An error about one value. */
  error(name: string, expected: string, hint = 'Correct the line, or leave it out.'): ClozeError {
    const value = this.raw(name);
    const json = typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
    const shown = value === undefined ? 'nothing' : json.slice(0, MOST_SHOWN);
    return new ClozeError('DATA_INVALID', {
      message: `The column ${JSON.stringify(this.#columns[name] ?? name)} must hold ${expected}, got ${shown}.`,
      hint,
      ...this.#row.place,
    });
  }
}

/** Characters of a value in an error. */
const MOST_SHOWN = 60;
