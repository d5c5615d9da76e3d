import { TokenizerError, type TokenizerErrorCode } from './errors.ts';
import { DEFAULT_LIMITS, type TokenizerLimits } from './limits.ts';

/** What JSON can say. Objects are `Map`s: a key named `__proto__` is a key like any other. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonMap;

/** A JSON object in the order of the file. */
export type JsonMap = Map<string, JsonValue>;

/** How to read outside text. */
export interface ReadOptions {
  /** Name that errors mention. */
  readonly file?: string;
  readonly limits?: Partial<TokenizerLimits>;
}

/**
 * JSON for files from strangers: bounded size and depth, strict UTF-8, no duplicate keys, no number that a double cannot hold.
 *
 * @throws {TokenizerError} `JSON_SYNTAX`, `JSON_ENCODING`, `JSON_DUPLICATE_KEY`, `JSON_NUMBER` or `RESOURCE_LIMIT`, with line and column.
 */
export function parseJson(input: string | Uint8Array, options: ReadOptions = {}): JsonValue {
  return new JsonParser(decodeText(input, options), options).parse();
}

/**
 * Strict UTF-8 (or a string, which must be well-formed UTF-16) within the byte limit. A byte-order mark is kept.
 *
 * @throws {TokenizerError} `JSON_ENCODING` or `RESOURCE_LIMIT`.
 */
export function decodeText(input: string | Uint8Array, { file, limits }: ReadOptions = {}): string {
  const fileBytes = limits?.fileBytes ?? DEFAULT_LIMITS.fileBytes;
  if (input.length > fileBytes) {
    throw new TokenizerError('RESOURCE_LIMIT', `a file must have at most ${fileBytes} bytes`, {
      file,
      offset: fileBytes,
      actual: `${input.length}`,
      hint: 'Raise limits.fileBytes if you trust it.',
    });
  }
  if (typeof input === 'string') {
    const lone = /\p{Surrogate}/u.exec(input);
    if (lone === null) return input;
    throw new TokenizerError('JSON_ENCODING', 'text must not contain lone surrogates', { file, offset: lone.index });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch (cause) {
    throw new TokenizerError('JSON_ENCODING', 'the file must be UTF-8 text', {
      file,
      offset: validBytes(input),
      cause,
    });
  }
}

/** How many bytes from the beginning are UTF-8. */
function validBytes(bytes: Uint8Array): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    // In a stream, a character may be cut off at the end.
    try {
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  return valid;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class JsonParser {
  readonly #text: string;
  readonly #options: ReadOptions;
  readonly #limits: TokenizerLimits;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, options: ReadOptions) {
    this.#text = text;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  parse(): JsonValue {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('JSON_SYNTAX', 'nothing may follow the JSON value');
    return value;
  }

  #value(): JsonValue {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object();
    if (first === '[') return this.#array();
    if (first === '"') return this.#string();
    if (first === 't') return this.#word('true', true);
    if (first === 'f') return this.#word('false', false);
    if (first === 'n') return this.#word('null', null);
    return this.#number();
  }

  #object(): JsonMap {
    const map: JsonMap = new Map();
    this.#enter();
    this.#skipSpace();
    if (this.#text[this.#at] !== '}') {
      do {
        this.#skipSpace();
        if (this.#text[this.#at] !== '"') this.#fail('JSON_SYNTAX', 'a key in double quotes must stand here');
        const key = this.#string();
        if (map.has(key))
          this.#fail('JSON_DUPLICATE_KEY', `the key ${JSON.stringify(key.slice(0, 60))} must stand once`);
        this.#path.push(key);
        this.#skipSpace();
        if (!this.#take(':')) this.#fail('JSON_SYNTAX', "':' must follow a key");
        map.set(key, this.#value());
        this.#path.pop();
        this.#skipSpace();
      } while (this.#take(','));
    }
    if (!this.#take('}')) this.#fail('JSON_SYNTAX', "',' or '}' must follow a value");
    this.#depth--;
    return map;
  }

  #array(): JsonValue[] {
    const list: JsonValue[] = [];
    this.#enter();
    this.#skipSpace();
    if (this.#text[this.#at] !== ']') {
      do {
        this.#path.push(list.length);
        list.push(this.#value());
        this.#path.pop();
        this.#skipSpace();
      } while (this.#take(','));
    }
    if (!this.#take(']')) this.#fail('JSON_SYNTAX', "',' or ']' must follow a value");
    this.#depth--;
    return list;
  }

  #string(): string {
    const begin = ++this.#at;
    const { length } = this.#text;
    let plainFrom = begin;
    let result = '';
    for (; this.#at < length; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x22) {
        result += this.#text.slice(plainFrom, this.#at++);
        const isCharsmap = this.#path.at(-1) === 'precompiled_charsmap';
        if (result.length > this.#limits.stringLength && !isCharsmap) this.#tooMuch('stringLength', result.length);
        return result;
      }
      if (unit < 0x20) this.#fail('JSON_SYNTAX', 'a control character in a string must be escaped');
      if (unit === 0x5c) {
        result += this.#text.slice(plainFrom, this.#at) + this.#escape();
        plainFrom = this.#at + 1;
      }
    }
    return this.#fail('JSON_SYNTAX', 'a string must end with a double quote');
  }

  /** Reads from the backslash; leaves `#at` on the last character of the escape. */
  #escape(): string {
    const kind = this.#text[++this.#at] ?? '';
    if (kind !== 'u') return ESCAPES.get(kind) ?? this.#fail('JSON_SYNTAX', 'a backslash must begin an escape of JSON');
    const high = this.#hex();
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    if (high < 0xdc00 && this.#text.startsWith('\\u', this.#at + 1)) {
      this.#at += 2;
      const low = this.#hex();
      if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(high, low);
    }
    return this.#fail('JSON_ENCODING', 'a surrogate escape must have its other half');
  }

  #hex(): number {
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('JSON_SYNTAX', 'four hexadecimal digits must follow \\u');
    this.#at += 4;
    return Number.parseInt(digits, 16);
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) return this.#fail('JSON_SYNTAX', 'a JSON value must stand here');
    const value = Number(digits);
    const isSafe = /[.eE]/.test(digits) ? Number.isFinite(value) : Number.isSafeInteger(value);
    if (!isSafe)
      this.#fail('JSON_NUMBER', `a number must be one that a double holds exactly, not ${digits.slice(0, 40)}`);
    this.#at += digits.length;
    return value;
  }

  #word<T extends boolean | null>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('JSON_SYNTAX', 'a JSON value must stand here');
    this.#at += word.length;
    return value;
  }

  #depth = 0;

  #enter(): void {
    this.#at++;
    if (++this.#depth > this.#limits.jsonDepth) this.#tooMuch('jsonDepth', this.#depth);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
  }

  #tooMuch(limit: 'jsonDepth' | 'stringLength', value: number): never {
    this.#fail(
      'RESOURCE_LIMIT',
      `${limit} must be at most ${this.#limits[limit]}, not ${value}; raise limits.${limit}`,
    );
  }

  #fail(code: TokenizerErrorCode, what: string): never {
    const before = this.#text.slice(0, this.#at);
    const lineStart = before.lastIndexOf('\n') + 1;
    throw new TokenizerError(code, what, {
      file: this.#options.file,
      offset: this.#at,
      jsonPointer: toPointer(this.#path),
      line: before.split('\n').length,
      column: this.#at - lineStart + 1,
    });
  }
}

function toPointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
