import { ClozeError } from '@cloze/core';

/** Characters in one line: a file without line breaks is no file of lines. */
export const MAX_LINE_LENGTH = 100_000_000;

/** One line of a text, without its line break. */
export interface Line {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Settings of {@link readLines}. */
export interface LineOptions {
  /** The number of the first line. Default: 1. */
  readonly firstLine?: number | undefined;
  /** In characters. Default: 100 million. */
  readonly maxLineLength?: number | undefined;
}

/**
 * Cuts streamed text into lines at `\n` or `\r\n`. A last line without a line break counts.
 *
 * @param file names the input in errors.
 * @throws {ClozeError} `RESOURCE_LIMIT` when a line has more than `maxLineLength` characters.
 */
export async function* readLines(
  pieces: AsyncIterable<string> | Iterable<string>,
  file: string,
  { firstLine = 1, maxLineLength = MAX_LINE_LENGTH }: LineOptions = {},
): AsyncGenerator<Line, void, void> {
  let line = firstLine;
  // A list, because joining at every piece takes quadratic time in a long line.
  let pending: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const [first = '', ...others] = piece.split('\n');
    pending.push(first);
    length += first.length;
    for (const next of others) {
      yield { line, text: withoutReturn(pending.join('')) };
      line++;
      pending = [next];
      length = next.length;
    }
    if (length > maxLineLength) {
      throw new ClozeError('RESOURCE_LIMIT', {
        message: `A line must have at most maxLineLength = ${maxLineLength.toLocaleString('en-US')} characters, got ${length.toLocaleString('en-US')} so far.`,
        hint: 'Check that the file has one record per line.',
        file,
        line,
      });
    }
  }
  const last = pending.join('');
  if (last !== '') yield { line, text: withoutReturn(last) };
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
