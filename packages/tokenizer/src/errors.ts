/** Every code that this package throws, with its exit status (command line) and HTTP status (server). */
const CODES = {
  USAGE: { exitCode: 2, httpStatus: 400 },
  JSON_SYNTAX: { exitCode: 3, httpStatus: 400 },
  JSON_ENCODING: { exitCode: 3, httpStatus: 400 },
  JSON_DUPLICATE_KEY: { exitCode: 3, httpStatus: 400 },
  JSON_NUMBER: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_FIELD: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_UNKNOWN_FIELD: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_UNKNOWN_TYPE: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_VOCABULARY: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_MERGES: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_PATTERN: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_CHARSMAP: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_PROTOBUF: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_UNKNOWN_TOKEN: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_TEMPLATE: { exitCode: 3, httpStatus: 400 },
  CHAT_TEMPLATE: { exitCode: 3, httpStatus: 400 },
  TOKENIZER_CORPUS: { exitCode: 3, httpStatus: 400 },
  UNSUPPORTED_FORMAT: { exitCode: 3, httpStatus: 400 },
  RESOURCE_LIMIT: { exitCode: 7, httpStatus: 413 },
  CANCELLED: { exitCode: 130, httpStatus: 499 },
} as const;

/** A stable name for a kind of failure; catch by this, never by message. */
export type TokenizerErrorCode = keyof typeof CODES;

/** Where a failure happened, what was expected and what to do about it. */
export interface TokenizerErrorDetails {
  /** The file or object that was being read, as far as the caller named it. */
  readonly file?: string | undefined;
  /** Index of the UTF-16 unit (text) or of the byte (binary files) at which reading stopped. */
  readonly offset?: number | undefined;
  /** RFC 6901 pointer to the value at fault, such as `/model/vocab`. */
  readonly jsonPointer?: string | undefined;
  /** 1-based line and column of `offset` in a text file. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  /** What the user can do. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class of this package. It has the fields of core's `ClozeError` without importing it: recognise errors by `code`,
 * not by `instanceof`.
 */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
  /** The message without code, place and hint. */
  readonly what: string;
  readonly code: TokenizerErrorCode;
  readonly exitCode: number;
  readonly httpStatus: number;
  readonly file: string | undefined;
  readonly offset: number | undefined;
  readonly jsonPointer: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  readonly hint: string | undefined;

  constructor(code: TokenizerErrorCode, what: string, details: TokenizerErrorDetails = {}) {
    super(message(code, what, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.what = what;
    this.code = code;
    this.exitCode = CODES[code].exitCode;
    this.httpStatus = CODES[code].httpStatus;
    this.file = details.file;
    this.offset = details.offset;
    this.jsonPointer = details.jsonPointer;
    this.line = details.line;
    this.column = details.column;
    this.expected = details.expected;
    this.actual = details.actual;
    this.hint = details.hint;
  }

  /** The same error with a place, as far as it names none itself. */
  at({ file, jsonPointer }: Pick<TokenizerErrorDetails, 'file' | 'jsonPointer'>): TokenizerError {
    const place = { file: this.file ?? file, jsonPointer: this.jsonPointer ?? jsonPointer };
    const { offset, line, column, expected, actual, hint, cause } = this;
    return new TokenizerError(this.code, this.what, { ...place, offset, line, column, expected, actual, hint, cause });
  }
}

/** `value` as it may stand in a message: one line, at most 60 characters. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Map) return 'an object';
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function message(code: TokenizerErrorCode, what: string, details: TokenizerErrorDetails): string {
  const place = [
    details.file,
    details.jsonPointer,
    details.line === undefined ? undefined : `line ${details.line}:${details.column ?? 1}`,
    details.line === undefined && details.offset !== undefined ? `@ ${details.offset}` : undefined,
  ].filter((part) => part !== undefined && part !== '');
  const got = details.actual === undefined ? '' : `, got ${details.actual}`;
  const hint = details.hint === undefined ? '' : ` ${details.hint}`;
  return `${code}: ${place.length > 0 ? `${place.join(' ')}: ` : ''}${what}${got}.${hint}`;
}
