import { ClozeError } from '@cloze/core';

/** How a table is written. */
export interface DelimitedOptions {
  /** `','` or `'\t'`. */
  readonly delimiter: string;
  /** Whether fields may stand in double quotes, as in CSV; in TSV quotes are usually ordinary characters. */
  readonly isQuoted: boolean;
  /** The number of the text's first line. Default: 1. */
  readonly firstLine?: number | undefined;
  /** How many fields each record must have. Default: as many as the first. */
  readonly numFields?: number | undefined;
}

/** Comma-separated values as RFC 4180 has them. */
export const CSV: DelimitedOptions = { delimiter: ',', isQuoted: true };
/** Tab-separated values without quotes. */
export const TSV: DelimitedOptions = { delimiter: '\t', isQuoted: false };

/** One record of a table. */
export interface DelimitedRow {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Characters in one record: an unclosed quote must not swallow a file of any size. */
const MAX_RECORD_LENGTH = 10_000_000;
const MAX_FIELDS = 10_000;

/**
 * The records of a table, as many fields each as the first has. Empty lines are left out; a quoted field may hold line breaks.
 *
 * @param file names the input in errors.
 * @throws {ClozeError} `DATA_INVALID` with the line when a record has more or fewer fields than the first, or a quote is not closed or stands within a
 *   field; `RESOURCE_LIMIT` when a record is too long or has too many fields.
 * @see <https://www.rfc-editor.org/rfc/rfc4180>
 */
export async function* parseDelimited(
  text: AsyncIterable<string> | Iterable<string>,
  file: string,
  options: DelimitedOptions,
): AsyncGenerator<DelimitedRow, void, void> {
  const machine = new RecordMachine(file, options);
  let { numFields } = options;
  const reason = numFields === undefined ? 'the first has' : 'there are columns';
  const check = (row: DelimitedRow): DelimitedRow => {
    numFields ??= row.fields.length;
    if (row.fields.length === numFields) return row;
    const message = `Each record must have ${numFields} fields, as ${reason}; got ${row.fields.length}.`;
    throw wrong(message, file, row.line);
  };
  for await (const piece of text) {
    for (const character of piece) {
      const row = machine.push(character);
      if (row !== undefined) yield check(row);
    }
  }
  const last = machine.end();
  if (last !== undefined) yield check(last);
}

/** Where in a field the next character stands: `closing` is after a quote that may be the last or the first of two. */
type State = 'start' | 'plain' | 'quoted' | 'closing';

class RecordMachine {
  readonly #file: string;
  readonly #options: DelimitedOptions;
  #state: State = 'start';
  #field = '';
  #fields: string[] = [];
  #line: number;
  #startLine: number;
  #length = 0;

  constructor(file: string, options: DelimitedOptions) {
    this.#file = file;
    this.#options = options;
    this.#line = options.firstLine ?? 1;
    this.#startLine = this.#line;
  }

  /** @returns a record when this character ends one. */
  push(character: string): DelimitedRow | undefined {
    const { delimiter, isQuoted } = this.#options;
    if (++this.#length > MAX_RECORD_LENGTH) {
      throw this.#tooLarge('characters', MAX_RECORD_LENGTH, 'A quote is probably not closed.');
    }
    if (character === '\n') this.#line++;
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'closing';
      else this.#field += character;
      return undefined;
    }
    if (character === delimiter) {
      this.#endField();
      return undefined;
    }
    if (character === '\n') return this.#endRecord();
    if (character === '"' && isQuoted) {
      if (this.#state === 'plain')
        throw wrong('A quote must begin its field or stand within quotes, twice.', this.#file, this.#line);
      if (this.#state === 'closing') this.#field += '"';
      this.#state = 'quoted';
      return undefined;
    }
    if (this.#state === 'closing') {
      if (character === '\r') return undefined;
      throw wrong('A closing quote must end its field.', this.#file, this.#line);
    }
    this.#field += character;
    this.#state = 'plain';
    return undefined;
  }

  /** The record that the text ends in without a line break. */
  end(): DelimitedRow | undefined {
    if (this.#state === 'quoted') throw wrong('A quote must be closed.', this.#file, this.#startLine);
    return this.#endRecord();
  }

  #endField(): void {
    this.#fields.push(this.#field);
    if (this.#fields.length > MAX_FIELDS) {
      throw this.#tooLarge('fields', MAX_FIELDS, 'Check that the file is such a table, and its delimiter.');
    }
    this.#field = '';
    this.#state = 'start';
  }

  #endRecord(): DelimitedRow | undefined {
    const isPlain = this.#state === 'plain';
    if (isPlain && this.#field.endsWith('\r')) this.#field = this.#field.slice(0, -1);
    const isEmpty = this.#fields.length === 0 && this.#field === '' && this.#state !== 'closing';
    this.#endField();
    const row = { line: this.#startLine, fields: this.#fields };
    this.#fields = [];
    this.#startLine = this.#line;
    this.#length = 0;
    return isEmpty ? undefined : row;
  }

  #tooLarge(what: string, limit: number, hint: string): ClozeError {
    return new ClozeError('RESOURCE_LIMIT', {
      message: `A record must have at most ${limit.toLocaleString('en-US')} ${what}.`,
      hint,
      file: this.#file,
      line: this.#startLine,
    });
  }
}

function wrong(message: string, file: string, line: number): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message,
    hint: 'Correct the line, or say how the table is quoted and delimited.',
    file,
    line,
  });
}
