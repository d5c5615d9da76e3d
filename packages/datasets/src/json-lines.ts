import { ClozeError, isJsonObject, parseJson, type JsonObject } from '@cloze/core';
import { MAX_LINE_LENGTH, readLines, type LineOptions } from './lines.ts';

/** One object of a JSON Lines file. */
export interface JsonLine {
  /** From 1. */
  readonly line: number;
  readonly value: JsonObject;
}

/** White space as JSON has it. */
const BLANK = /^[ \t\r]*$/;

/**
 * The objects of JSON Lines text, one per line. Empty lines are left out.
 *
 * @param file names the input in errors.
 * @throws {ClozeError} `JSON_*` or `DATA_INVALID` with the line; `RESOURCE_LIMIT` when a line is too long.
 */
export async function* parseJsonLines(
  text: AsyncIterable<string> | Iterable<string>,
  file: string,
  options?: LineOptions,
): AsyncGenerator<JsonLine, void, void> {
  for await (const { line, text: source } of readLines(text, file, options)) {
    if (BLANK.test(source)) continue;
    const value = parseLine(source, file, line);
    if (!isJsonObject(value)) {
      throw new ClozeError('DATA_INVALID', {
        message: 'Each line must hold a JSON object, got another value.',
        hint: 'Write one object per line, for example {"text": "..."}.',
        file,
        line,
      });
    }
    yield { line, value };
  }
}

/**
 * One text field of each object.
 *
 * @throws {ClozeError} `DATA_INVALID` with the line where the field is missing or no text; and what {@link parseJsonLines} throws.
 */
export async function* textField(
  rows: AsyncIterable<JsonLine>,
  field: string,
  file: string,
): AsyncGenerator<string, void, void> {
  for await (const { line, value } of rows) {
    const text = Object.hasOwn(value, field) ? value[field] : undefined;
    if (typeof text !== 'string') {
      throw new ClozeError('DATA_INVALID', {
        message: `"${field}" must be text, got ${text === undefined ? 'nothing' : JSON.stringify(text).slice(0, 40)}.`,
        hint: `Name the field that holds the text; this line has ${Object.keys(value).slice(0, 5).join(', ')}.`,
        file,
        line,
      });
    }
    yield text;
  }
}

function parseLine(source: string, file: string, line: number): unknown {
  try {
    // The line is bounded already, and a text may be a whole book.
    return parseJson(source, { file, maxTokenLength: MAX_LINE_LENGTH });
  } catch (error) {
    if (!(error instanceof ClozeError)) throw error;
    throw new ClozeError(error.code, { ...error.details, file, line, cause: error });
  }
}
