import { ClozeError } from '@cloze/core';

/** Where a row is from. */
export interface RowPlace {
  readonly file: string;
  /** From 1; in Parquet files, which have no lines, the number of the row. */
  readonly line: number;
}

/**
 * One record of a file: its fields by name, whatever the format. The methods say in their errors which line is wrong, and what it has.
 *
 * @example
 * const parse = (row: DataRow) => ({ inputIds: encode(row.text('sentence')), label: row.integer('label') });
 */
export class DataRow {
  readonly place: RowPlace;
  /** Text in tables and lines of text, JSON in JSON Lines, and in Parquet files what `openParquet` says. */
  readonly values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>, place: RowPlace) {
    this.values = values;
    this.place = place;
  }

  /** @throws {ClozeError} `DATA_INVALID` when there is no such field, or it is no text. */
  text(name: string): string {
    const value = this.#value(name);
    if (typeof value === 'string') return value;
    throw this.error(`"${name}" must be text, got ${described(value)}.`);
  }

  /**
   * A number, or text that is one, as in tables.
   *
   * @throws {ClozeError} `DATA_INVALID` when there is no such field, or it is no finite number.
   */
  number(name: string): number {
    const value = this.#value(name);
    const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw this.error(`"${name}" must be a number, got ${described(value)}.`);
  }

  /** @throws {ClozeError} `DATA_INVALID` when there is no such field, or it is no integer. */
  integer(name: string): number {
    const number = this.number(name);
    if (Number.isSafeInteger(number)) return number;
    throw this.error(`"${name}" must be an integer, got ${described(this.#value(name))}.`);
  }

  /**
   * The number of a name in a list, as of the class that is named.
   *
   * @throws {ClozeError} `DATA_INVALID` when there is no such field, or its text is not in the list.
   */
  oneOf(name: string, names: readonly string[]): number {
    const index = names.indexOf(this.text(name));
    if (index >= 0) return index;
    throw this.error(`"${name}" must be one of ${names.slice(0, 20).join(', ')}, got ${described(this.#value(name))}.`);
  }

  /** An error about this row. */
  error(message: string): ClozeError {
    const names = Object.keys(this.values).slice(0, 10).join(', ');
    return new ClozeError('DATA_INVALID', { message, hint: `This row has ${names}.`, ...this.place });
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }
}

const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return `the integer ${value}`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : 'another value';
}
