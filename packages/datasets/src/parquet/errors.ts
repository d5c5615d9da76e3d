import { ClozeError } from '@cloze/core';

/** Where in which file something is wrong. */
export interface Place {
  readonly file: string;
  /** In bytes. */
  readonly offset: number;
}

/** @param problem what a file must be or have, after "A Parquet file". */
export function invalid({ file, offset }: Place, problem: string, cause?: unknown): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `A Parquet file ${problem}.`,
    hint: 'The file is damaged or no Parquet; download or write it again.',
    file,
    offset,
    cause,
  });
}

/** @param what a file has that cannot be read. */
export function unsupported(file: string, what: string): ClozeError {
  return new ClozeError('UNSUPPORTED_FORMAT', {
    message: `Parquet files with ${what} cannot be read.`,
    hint: 'Leave the column out, or write the file again with the default settings of pyarrow.',
    file,
  });
}
