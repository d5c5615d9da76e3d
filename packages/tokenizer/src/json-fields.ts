import { shown, TokenizerError, type TokenizerErrorCode } from './errors.ts';
import type { JsonMap, JsonValue } from './safe-json.ts';

/**
 * Typed access to one object of a parsed file. Every field that is read is remembered, so that `done()` can refuse the ones that nobody read: an
 * unknown setting may change the result.
 */
export class JsonFields {
  readonly pointer: string;
  readonly file: string | undefined;
  readonly #map: JsonMap;
  readonly #seen = new Set<string>();

  constructor(value: JsonValue | undefined, pointer: string, file?: string) {
    this.pointer = pointer;
    this.file = file;
    this.#map = value instanceof Map ? value : this.#mustBe('', 'an object', value);
  }

  has(key: string): boolean {
    return this.#map.has(key);
  }

  /** The raw value; null and absent are the same. */
  value(key: string): JsonValue | undefined {
    this.#seen.add(key);
    return this.#map.get(key) ?? undefined;
  }

  string(key: string, fallback?: string): string {
    const value = this.value(key) ?? fallback;
    return typeof value === 'string' ? value : this.#mustBe(key, 'a string', value);
  }

  optionalString(key: string): string | undefined {
    return this.value(key) === undefined ? undefined : this.string(key);
  }

  boolean(key: string, fallback?: boolean): boolean {
    const value = this.value(key) ?? fallback;
    return typeof value === 'boolean' ? value : this.#mustBe(key, 'true or false', value);
  }

  /** A whole number of at least 0. */
  count(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#mustBe(key, 'a whole number of at least 0', value);
  }

  optionalCount(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.count(key);
  }

  oneOf<T extends string>(key: string, choices: readonly T[], fallback?: T): T {
    const value = this.value(key) ?? fallback;
    return choices.find((choice) => choice === value) ?? this.#mustBe(key, `one of ${choices.join(', ')}`, value);
  }

  list(key: string): JsonValue[] {
    const value = this.value(key);
    return Array.isArray(value) ? value : this.#mustBe(key, 'an array', value);
  }

  map(key: string): JsonMap {
    const value = this.value(key);
    return value instanceof Map ? value : this.#mustBe(key, 'an object', value);
  }

  object(key: string): JsonFields {
    return new JsonFields(this.value(key), `${this.pointer}/${key}`, this.file);
  }

  optionalObject(key: string): JsonFields | undefined {
    return this.value(key) === undefined ? undefined : this.object(key);
  }

  /** The objects of an array, each under its own pointer. */
  objects(key: string): JsonFields[] {
    return this.list(key).map((value, index) => new JsonFields(value, `${this.pointer}/${key}/${index}`, this.file));
  }

  /** What `make` returns; an error of it that names no place is said to be here. */
  within<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      throw error instanceof TokenizerError ? error.at({ file: this.file, jsonPointer: this.pointer }) : error;
    }
  }

  /** @throws {TokenizerError} `TOKENIZER_UNKNOWN_FIELD` when the object has a field that nobody read. */
  done(): void {
    for (const key of this.#map.keys()) {
      if (!this.#seen.has(key)) {
        this.fail('TOKENIZER_UNKNOWN_FIELD', `there is no setting ${shown(key)} here`, undefined, key);
      }
    }
  }

  fail(code: TokenizerErrorCode, what: string, hint?: string, key?: string): never {
    const jsonPointer = key === undefined ? this.pointer : `${this.pointer}/${key.slice(0, 100)}`;
    throw new TokenizerError(code, what, { file: this.file, jsonPointer, hint });
  }

  #mustBe(key: string, expected: string, value: unknown): never {
    throw new TokenizerError('TOKENIZER_FIELD', `must be ${expected}`, {
      file: this.file,
      jsonPointer: key === '' ? this.pointer : `${this.pointer}/${key}`,
      expected,
      actual: shown(value),
    });
  }
}
