/** Where a wrong setting stands and what to do about it. */
export interface UsageDetails {
  /** What must hold and what was got. One sentence, ends with a full stop. */
  readonly message: string;
  /** What to do about it. One sentence, ends with a full stop. */
  readonly hint: string;
  /** The config file, if the setting stands in one. */
  readonly file?: string | undefined;
  /** From 1. */
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
  readonly cause?: unknown;
}

/**
 * The command was called in a way that it does not understand: a flag (`USAGE`) or a config file (`CONFIG_INVALID`).
 *
 * It has the fields of core's `ClozeError` without its imports, because a mistyped flag should be told at once and not after tfjs is loaded.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: 'USAGE' | 'CONFIG_INVALID';
  readonly exitCode = 2;
  readonly httpStatus = 400;
  readonly hint: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor({ message, hint, file, line, column, cause }: UsageDetails) {
    const code = file === undefined ? 'USAGE' : 'CONFIG_INVALID';
    const place = [file, line === undefined ? undefined : `line ${line}, column ${column ?? 1}`].filter(Boolean);
    super(
      `${code}: ${place.map((part) => `${part ?? ''}: `).join('')}${message} ${hint}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.hint = hint;
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
