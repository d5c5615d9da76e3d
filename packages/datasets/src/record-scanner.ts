import { ClozeError } from '@cloze/core';
import { MAX_LINE_LENGTH } from './lines.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;

/** Neighbouring records of a file. */
export interface RecordRange {
  /** In bytes of the file. */
  readonly begin: number;
  readonly end: number;
  /** Of the first record, from 1. */
  readonly firstLine: number;
  readonly numRecords: number;
}

/** How to tell records in bytes. */
export interface ScannerOptions {
  readonly file: string;
  /** Whether line breaks in double quotes end no record. */
  readonly isQuoted: boolean;
  /** Whether lines of white space are no records; if not, only empty lines are none. */
  readonly skipsBlank: boolean;
  /** Whether the first record is a range of its own. */
  readonly hasHeader: boolean;
  /** A range ends with the record that reaches this size in bytes. */
  readonly rangeBytes: number;
}

/** Finds out where the records of a text file begin, without decoding it: no byte of a longer character in UTF-8 is a quote or a line break. */
export class RecordScanner {
  readonly ranges: RecordRange[] = [];
  readonly #options: ScannerOptions;
  #offset: number;
  #line = 1;
  #isInQuotes = false;
  #hasContent = false;
  #recordBegin: number;
  #recordLine = 1;
  #begin: number;
  #firstLine = 1;
  #numRecords = 0;

  /** @param begin where in the file the bytes begin. */
  constructor(begin: number, options: ScannerOptions) {
    this.#options = options;
    this.#offset = begin;
    this.#recordBegin = begin;
    this.#begin = begin;
  }

  /** @throws {ClozeError} `RESOURCE_LIMIT` when a record is too long. */
  push(bytes: Uint8Array): void {
    const { isQuoted, skipsBlank } = this.#options;
    for (let index = 0; index < bytes.length; index++) {
      // Nothing else matters to the end of the line; this is most of all bytes, and several times faster.
      if (this.#hasContent && !isQuoted) index = bytes.indexOf(LINE_FEED, index);
      if (index < 0) break;
      const byte = bytes[index];
      if (byte === LINE_FEED) {
        this.#line++;
        if (!this.#isInQuotes) this.#endRecord(this.#offset + index + 1);
      } else if (byte === QUOTE && isQuoted) {
        this.#isInQuotes = !this.#isInQuotes;
        this.#hasContent = true;
      } else if (byte === RETURN) {
        // Before a line feed it is part of the line break; after another return it is a character.
        if (!skipsBlank && this.#offset + index > this.#recordBegin) this.#hasContent = true;
      } else if (!skipsBlank || (byte !== SPACE && byte !== TAB)) {
        this.#hasContent = true;
      }
    }
    this.#offset += bytes.length;
    if (this.#offset - this.#recordBegin > MAX_LINE_LENGTH) throw this.#tooLong();
  }

  /** @throws {ClozeError} `DATA_INVALID` when the bytes end within quotes. */
  end(): void {
    if (this.#isInQuotes) {
      throw new ClozeError('DATA_INVALID', {
        message: 'A quote must be closed.',
        hint: 'Correct the line, or say how the table is quoted and delimited.',
        file: this.#options.file,
        line: this.#recordLine,
      });
    }
    this.#endRecord(this.#offset);
    this.#endRange();
  }

  #endRecord(end: number): void {
    if (this.#hasContent) this.#numRecords++;
    this.#hasContent = false;
    this.#recordBegin = end;
    this.#recordLine = this.#line;
    const isHeader = this.#options.hasHeader && this.ranges.length === 0;
    if (isHeader || end - this.#begin >= this.#options.rangeBytes) this.#endRange();
  }

  #endRange(): void {
    // Empty lines go to the next range.
    if (this.#numRecords === 0) return;
    this.ranges.push({
      begin: this.#begin,
      end: this.#recordBegin,
      firstLine: this.#firstLine,
      numRecords: this.#numRecords,
    });
    this.#begin = this.#recordBegin;
    this.#firstLine = this.#recordLine;
    this.#numRecords = 0;
  }

  #tooLong(): ClozeError {
    return new ClozeError('RESOURCE_LIMIT', {
      message: `A record must have at most ${MAX_LINE_LENGTH.toLocaleString('en-US')} bytes, got more.`,
      hint: 'Check that the file has one record per line, and that quotes are closed.',
      file: this.#options.file,
      line: this.#recordLine,
    });
  }
}
