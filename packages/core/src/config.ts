import { ConfigError } from './errors.ts';

/** Bounds of a number; both inclusive. */
export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * Reads the fields of a foreign `config.json` once, at the border: every error names the field. A field that is absent or null takes its fallback; one
 * without fallback is required.
 */
export class ConfigReader {
  private readonly where: string;
  private readonly fields: Readonly<Record<string, unknown>>;
  private readonly pointer: string;

  /**
   * @param where names the configuration in errors, for example `GptConfig`.
   * @param pointer where `json` stands in its file, as a JSON pointer. Default: it is all of it.
   * @throws {ConfigError} when `json` is no object.
   */
  constructor(where: string, json: unknown, pointer = '') {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new ConfigError({ message: `${where} must be a JSON object.`, hint: 'Pass the content of a config.json.' });
    }
    this.where = where;
    this.pointer = pointer;
    this.fields = json as Readonly<Record<string, unknown>>;
  }

  /** Whether a field is there and not null. */
  has(field: string): boolean {
    return this.value(field) !== undefined;
  }

  /** A safe integer, by default not negative. */
  integer(field: string, fallback?: number, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Bounds = {}): number {
    const value = this.value(field) ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum || value > maximum) {
      const upper = maximum === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${maximum}`;
      throw this.error(field, `an integer of at least ${minimum}${upper}`, value);
    }
    return value;
  }

  /** A finite number. */
  number(field: string, fallback?: number, { minimum = -Infinity, maximum = Infinity }: Bounds = {}): number {
    const value = this.value(field) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < minimum || value > maximum) {
      throw this.error(field, `a finite number in [${minimum}, ${maximum}]`, value);
    }
    return value;
  }

  /** A share of elements to drop: in [0, 1). */
  dropout(field: string, fallback?: number): number {
    const value = this.value(field) ?? fallback;
    if (typeof value !== 'number' || !(value >= 0 && value < 1)) throw this.error(field, 'a number in [0, 1)', value);
    return value;
  }

  boolean(field: string, fallback?: boolean): boolean {
    const value = this.value(field) ?? fallback;
    if (typeof value !== 'boolean') throw this.error(field, 'true or false', value);
    return value;
  }

  /** One of the keys of `choices`, translated to its value. */
  choice<T>(field: string, choices: Readonly<Record<string, T>>, fallback?: string): T {
    const value = this.value(field) ?? fallback;
    const chosen = typeof value === 'string' && Object.hasOwn(choices, value) ? choices[value] : undefined;
    if (chosen === undefined) throw this.error(field, `one of ${Object.keys(choices).join(', ')}`, value);
    return chosen;
  }

  /** The number of entries of an object field, for example of `id2label`. */
  size(field: string, fallback?: number): number {
    const value = this.value(field);
    if (value === undefined && fallback !== undefined) return fallback;
    if (typeof value !== 'object' || value === null) throw this.error(field, 'an object', value);
    return Object.keys(value).length;
  }

  /** The elements of an array field. */
  list(field: string): readonly unknown[] {
    const value = this.value(field);
    if (!Array.isArray(value)) throw this.error(field, 'an array', value);
    return value;
  }

  /** Reads the fields of an object field. */
  section(field: string): ConfigReader {
    const value = this.value(field);
    if (typeof value !== 'object' || Array.isArray(value)) throw this.error(field, 'an object', value);
    return new ConfigReader(`${this.where}: ${field}`, value, this.pointerTo(field));
  }

  /** The error for a field whose value cannot be used. */
  error(field: string, expected: string, value: unknown): ConfigError {
    const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100);
    return new ConfigError({
      message: `${this.where}: ${field} must be ${expected}, got ${got}.`,
      hint: 'Correct the configuration.',
      jsonPointer: this.pointerTo(field),
      expected,
      actual: got,
    });
  }

  private pointerTo(field: string): string {
    return `${this.pointer}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }

  private value(field: string): unknown {
    const value = Object.hasOwn(this.fields, field) ? this.fields[field] : undefined;
    return value ?? undefined;
  }
}
