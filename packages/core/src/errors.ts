/**
 * Every error code with the exit status of the command line and the HTTP status of the server. Adding one takes a line here, a test and a line in
 * the documentation.
 */
export const ERROR_CODES = {
  USAGE: { exitCode: 2, httpStatus: 400 },
  CONFIG_INVALID: { exitCode: 2, httpStatus: 400 },
  SHAPE_MISMATCH: { exitCode: 2, httpStatus: 400 },
  UNKNOWN_PARAMETER: { exitCode: 2, httpStatus: 400 },

  DATA_INVALID: { exitCode: 3, httpStatus: 400 },
  JSON_SYNTAX: { exitCode: 3, httpStatus: 400 },
  JSON_ENCODING: { exitCode: 3, httpStatus: 400 },
  JSON_DUPLICATE_KEY: { exitCode: 3, httpStatus: 400 },
  JSON_NUMBER: { exitCode: 3, httpStatus: 400 },
  JSON_TYPE: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_TRUNCATED: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_HEADER: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_DTYPE: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_SHAPE: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_OFFSETS: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_OVERLAP: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_HOLE: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_TRAILING: { exitCode: 3, httpStatus: 400 },
  SAFETENSORS_VALUE: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_INVALID: { exitCode: 3, httpStatus: 400 },
  UNSUPPORTED_FORMAT: { exitCode: 3, httpStatus: 400 },

  IO: { exitCode: 4, httpStatus: 500 },
  OUTPUT_LOCKED: { exitCode: 4, httpStatus: 500 },
  NON_FINITE: { exitCode: 5, httpStatus: 500 },
  CHECKPOINT_CORRUPT: { exitCode: 6, httpStatus: 500 },
  CHECKPOINT_MISMATCH: { exitCode: 6, httpStatus: 500 },
  CHECKPOINT_VERSION: { exitCode: 6, httpStatus: 500 },
  RESOURCE_LIMIT: { exitCode: 7, httpStatus: 400 },
  PEER_LOST: { exitCode: 8, httpStatus: 503 },
  PEER_MISMATCH: { exitCode: 8, httpStatus: 503 },
  INTERNAL: { exitCode: 70, httpStatus: 500 },
  CANCELLED: { exitCode: 130, httpStatus: 500 },
} as const;

/** A stable error code. Nobody parses messages; everybody may compare codes. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error says and where. Positions are present only where they mean something. */
export interface ErrorDetails {
  /** What must hold and what was got. One sentence, ends with a full stop. */
  readonly message: string;
  /** What to do about it. One sentence, ends with a full stop. */
  readonly hint: string;
  /** A path or another name of the input. */
  readonly file?: string | undefined;
  /** In bytes from the start of the file. */
  readonly offset?: number | undefined;
  /** RFC 6901. */
  readonly jsonPointer?: string | undefined;
  /** From 1. */
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
  /** The name of a tensor or parameter. */
  readonly tensor?: string | undefined;
  /** The training step. */
  readonly step?: number | undefined;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The root of all errors that Cloze throws on purpose. Its message reads `CODE: where: what must hold, what was got. What to do.`
 *
 * Packages that cannot import core throw errors with the same fields, so recognise them by `code`, not by `instanceof`.
 */
export class ClozeError extends Error {
  override readonly name: string = 'ClozeError';
  readonly code: ErrorCode;
  readonly exitCode: number;
  readonly httpStatus: number;
  readonly hint: string;
  readonly file: string | undefined;
  readonly offset: number | undefined;
  readonly jsonPointer: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly tensor: string | undefined;
  readonly step: number | undefined;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  /** As given to the constructor: for throwing the error again with more context or under another code. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(
      `${code}: ${position(details)}${details.message} ${details.hint}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.exitCode = ERROR_CODES[code].exitCode;
    this.httpStatus = ERROR_CODES[code].httpStatus;
    this.hint = details.hint;
    this.file = details.file;
    this.offset = details.offset;
    this.jsonPointer = details.jsonPointer;
    this.line = details.line;
    this.column = details.column;
    this.tensor = details.tensor;
    this.step = details.step;
    this.expected = details.expected;
    this.actual = details.actual;
    this.details = details;
  }
}

/** A setting is missing, of the wrong type, or contradicts another one. */
export class ConfigError extends ClozeError {
  override readonly name = 'ConfigError';

  constructor(details: ErrorDetails) {
    super('CONFIG_INVALID', details);
  }
}

/** A tensor does not have the shape or type that an operation needs. */
export class ShapeError extends ClozeError {
  override readonly name = 'ShapeError';

  constructor(details: ErrorDetails) {
    super('SHAPE_MISMATCH', details);
  }
}

/** A checkpoint is damaged, belongs to another model, or was written by an unsupported version: the codes `CHECKPOINT_*`. */
export class CheckpointError extends ClozeError {
  override readonly name = 'CheckpointError';
}

/**
 * Checks what only a bug of ours can break.
 *
 * @throws {ClozeError} `INTERNAL` when the condition does not hold.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw new ClozeError('INTERNAL', { message, hint: 'This is a bug in Cloze; please report it with this message.' });
  }
}

function position({ file, offset, jsonPointer, line, column }: ErrorDetails): string {
  const parts = [
    file,
    offset === undefined ? undefined : `@ byte ${offset.toLocaleString('en-US')}`,
    line === undefined ? undefined : `line ${line}${column === undefined ? '' : `, column ${column}`}`,
    jsonPointer === undefined ? undefined : `at "${jsonPointer}"`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(' ')}: `;
}
