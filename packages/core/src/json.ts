import { ClozeError, type ErrorCode } from './errors.ts';
import { checkLimit, LIMITS } from './limits.ts';

/** A value read from JSON. Objects have no prototype: every key is data, `__proto__` and `constructor` included. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object read from JSON. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Settings of {@link parseJson}. */
export interface JsonOptions {
  /** Names the file in errors. */
  readonly file?: string | undefined;
  /** Where the text begins in the file, in bytes; 0 unless it is embedded. */
  readonly offset?: number;
  /** Default: `LIMITS.jsonBytes`. */
  readonly maxBytes?: number;
  /** Longest string or number in characters. Default: `LIMITS.jsonTokenLength`. */
  readonly maxTokenLength?: number;
  /** `counts` takes only non-negative integers written without sign, point or exponent. Default: `any`. */
  readonly numbers?: 'any' | 'counts';
  /** `round` reads integers beyond 2^53 as the nearest number, as some tokenizers write "no limit". Default: `refuse`. */
  readonly largeIntegers?: 'refuse' | 'round';
}

/**
 * The one JSON reader for files: RFC 8259 with duplicate keys refused, numbers that a double cannot hold refused, bounded size and depth, and UTF-8
 * that must be right.
 *
 * @param text bytes, or a string that is decoded already.
 * @throws {ClozeError} `JSON_SYNTAX`, `JSON_ENCODING`, `JSON_DUPLICATE_KEY` or `JSON_NUMBER` with line, column and byte offset; `RESOURCE_LIMIT`.
 */
export function parseJson(text: Uint8Array | string, options: JsonOptions = {}): JsonValue {
  const { file, offset = 0, maxBytes = LIMITS.jsonBytes } = options;
  checkLimit('JSON: the size in bytes', text.length, { name: 'jsonBytes', limit: maxBytes }, { file, offset });
  const reader = new JsonReader(typeof text === 'string' ? text : decodeUtf8(text, file, offset), options);
  return reader.document();
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeUtf8(bytes: Uint8Array, file: string | undefined, offset: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ClozeError('JSON_ENCODING', {
      message: 'JSON must be UTF-8.',
      hint: 'The file is damaged or no JSON; save it as UTF-8.',
      file,
      offset,
      cause,
    });
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids exactly these
const PLAIN = /[^"\\\u0000-\u001f]*/y;
/** With the u flag, a surrogate that is half of a pair is no surrogate. */
const HALF_PAIR = /\p{Surrogate}/u;
const COUNT = /^(?:0|[1-9]\d*)$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

class JsonReader {
  private position = 0;
  private readonly text: string;
  private readonly options: JsonOptions;

  constructor(text: string, options: JsonOptions) {
    this.text = text;
    this.options = options;
  }

  document(): JsonValue {
    const value = this.value(1);
    this.skipWhitespace();
    if (this.position < this.text.length) throw this.error('JSON_SYNTAX', 'Nothing may follow the value.');
    return value;
  }

  private value(depth: number): JsonValue {
    this.skipWhitespace();
    if (depth > LIMITS.jsonDepth) {
      const where = { file: this.options.file, offset: this.byteOffset() };
      checkLimit('JSON: the depth', depth, { name: 'jsonDepth', limit: LIMITS.jsonDepth }, where);
    }
    const first = this.text[this.position];
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.position)) {
        this.position += word.length;
        return value;
      }
    }
    return this.number();
  }

  private object(depth: number): JsonObject {
    const object = Object.create(null) as Record<string, JsonValue>;
    this.position++;
    if (this.takes('}')) return object;
    do {
      this.skipWhitespace();
      const start = this.position;
      if (this.text[start] !== '"') throw this.error('JSON_SYNTAX', 'A key must be a string.');
      const key = this.string();
      if (Object.hasOwn(object, key)) {
        this.position = start;
        throw this.error('JSON_DUPLICATE_KEY', `A key must occur once, got "${key.slice(0, 100)}" twice.`);
      }
      if (!this.takes(':')) throw this.error('JSON_SYNTAX', 'A key must be followed by a colon.');
      object[key] = this.value(depth + 1);
    } while (this.takes(','));
    if (!this.takes('}')) throw this.error('JSON_SYNTAX', 'An object must go on with "," or end with "}".');
    return object;
  }

  private array(depth: number): JsonValue[] {
    const array: JsonValue[] = [];
    this.position++;
    if (this.takes(']')) return array;
    do array.push(this.value(depth + 1));
    while (this.takes(','));
    if (!this.takes(']')) throw this.error('JSON_SYNTAX', 'An array must go on with "," or end with "]".');
    return array;
  }

  private string(): string {
    const start = this.position++;
    let result = '';
    for (;;) {
      PLAIN.lastIndex = this.position;
      const plain = PLAIN.exec(this.text)?.[0] ?? '';
      result += plain;
      this.position += plain.length;
      const character = this.text[this.position++];
      if (character === '"') break;
      if (character !== '\\') {
        this.position--;
        throw this.error('JSON_SYNTAX', 'A string must end with a quote and must not hold control characters.');
      }
      result += this.escape();
    }
    this.checkLength(start);
    if (HALF_PAIR.test(result)) {
      this.position = start;
      throw this.error('JSON_ENCODING', 'A string must not hold half a surrogate pair.');
    }
    return result;
  }

  private escape(): string {
    const character = this.text[this.position++] ?? '';
    if (character === 'u') {
      const digits = this.text.slice(this.position, this.position + 4);
      if (!/^[\da-fA-F]{4}$/.test(digits))
        throw this.error('JSON_SYNTAX', 'An escape \\u needs four hexadecimal digits.');
      this.position += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const meaning = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
    if (meaning === undefined) throw this.error('JSON_SYNTAX', 'A backslash must begin a known escape.');
    return meaning;
  }

  private number(): number {
    const start = this.position;
    NUMBER.lastIndex = start;
    const literal = NUMBER.exec(this.text)?.[0];
    if (literal === undefined) throw this.error('JSON_SYNTAX', 'A value is missing or misspelt.');
    this.position += literal.length;
    this.checkLength(start);
    const value = Number(literal);
    const { numbers = 'any', largeIntegers = 'refuse' } = this.options;
    this.position = start;
    const shown = literal.slice(0, 40);
    if (numbers === 'counts' && !COUNT.test(literal)) {
      throw this.error('JSON_NUMBER', `A number must be a non-negative integer without exponent, got ${shown}.`);
    }
    if (!Number.isFinite(value)) throw this.error('JSON_NUMBER', `A number must be finite, got ${shown}.`);
    if (largeIntegers === 'refuse' && Math.abs(value) > Number.MAX_SAFE_INTEGER && !/[.eE]/.test(literal)) {
      throw this.error('JSON_NUMBER', `An integer must be exact in a double (at most 2^53 - 1), got ${shown}.`);
    }
    this.position = start + literal.length;
    return value;
  }

  private takes(character: string): boolean {
    this.skipWhitespace();
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private skipWhitespace(): void {
    for (;;) {
      const character = this.text[this.position];
      if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return;
      this.position++;
    }
  }

  private checkLength(start: number): void {
    const limit = this.options.maxTokenLength ?? LIMITS.jsonTokenLength;
    if (this.position - start <= limit) return;
    const length = this.position - start;
    this.position = start;
    checkLimit(
      'JSON: the length of a string or number',
      length,
      { name: 'jsonTokenLength', limit },
      {
        file: this.options.file,
        offset: this.byteOffset(),
      },
    );
  }

  private byteOffset(): number {
    return (this.options.offset ?? 0) + new TextEncoder().encode(this.text.slice(0, this.position)).length;
  }

  private error(code: ErrorCode, message: string): ClozeError {
    const lines = this.text.slice(0, this.position).split('\n');
    return new ClozeError(code, {
      message,
      hint: 'The file is damaged or was written by a faulty program; write it again.',
      file: this.options.file,
      offset: this.byteOffset(),
      line: lines.length,
      column: (lines.at(-1)?.length ?? 0) + 1,
    });
  }
}
