import { ClozeError } from '@cloze/core';
import { readLines, type Line } from './lines.ts';
import { readText } from './text.ts';

/** A line and its counterpart. */
export interface ParallelLine {
  /** From 1, in both files. */
  readonly line: number;
  readonly source: string;
  readonly target: string;
}

/** One side. */
export interface ParallelSide {
  /** The path, or a name for errors if there is `text`. */
  readonly file: string;
  /** Default: the text of the file, which may be compressed with gzip. */
  readonly text?: AsyncIterable<string> | Iterable<string> | undefined;
}

/**
 * Pairs of lines of two texts that say the same line by line, as corpora for translation come. Empty lines are kept: they have counterparts, too. For texts
 * that stand beside each other in a table, use `rowSource`.
 *
 * @example
 * const source = streamSource({ name: 'de-en', open: () => parallelText({ file: 'train.de' }, { file: 'train.en.gz' }), shuffled: { key, bufferSize: 10_000 } });
 * @throws {ClozeError} `DATA_INVALID` with the shorter file and the line that it lacks, when they have not as many lines each; and what reading text throws.
 */
export async function* parallelText(
  source: ParallelSide,
  target: ParallelSide,
): AsyncGenerator<ParallelLine, void, void> {
  const sources = linesOf(source);
  const targets = linesOf(target);
  try {
    for (let line = 1; ; line++) {
      const [left, right] = [await sources.next(), await targets.next()];
      if (left.done === true && right.done === true) return;
      if (left.done === true) throw shorter(source.file, target.file, line);
      if (right.done === true) throw shorter(target.file, source.file, line);
      yield { line, source: left.value.text, target: right.value.text };
    }
  } finally {
    await sources.return();
    await targets.return();
  }
}

function linesOf({ file, text }: ParallelSide): AsyncGenerator<Line, void, void> {
  return readLines(text ?? readText(file), file);
}

function shorter(file: string, other: string, line: number): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `Parallel files must have as many lines each; this one ends before the line, and ${other} has it.`,
    hint: 'Look for the first pair of lines that do not belong together.',
    file,
    line,
  });
}
