import { shown, TokenizerError } from '../errors.ts';
import { JsonFields } from '../json-fields.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { JsonValue } from '../safe-json.ts';

/** Tokens and their ids, both ways. Ids may have holes; a token named `__proto__` is a token like any other. */
export class Vocabulary {
  readonly #ids: Map<string, number>;
  readonly #tokens: (string | undefined)[];

  /**
   * @param ids Token to id. The map is kept, not copied.
   * @param tokens Token of each id, where several ids may share one.
   */
  constructor(ids: Map<string, number>, tokens?: readonly string[]) {
    this.#ids = ids;
    if (tokens !== undefined) {
      this.#tokens = [...tokens];
      return;
    }
    let last = -1;
    for (const id of ids.values()) last = Math.max(last, id);
    this.#tokens = new Array<string | undefined>(last + 1).fill(undefined);
    for (const [token, id] of ids) this.#tokens[id] = token;
  }

  /** Tokens with the ids 0, 1, 2, ...; the first of equal ones counts. */
  static fromTokens(tokens: readonly string[]): Vocabulary {
    const ids = new Map<string, number>();
    for (const [id, token] of tokens.entries()) if (!ids.has(token)) ids.set(token, id);
    return new Vocabulary(ids);
  }

  /** Number of tokens. */
  get size(): number {
    return this.#ids.size;
  }

  /** Largest id plus one. */
  get idLimit(): number {
    return this.#tokens.length;
  }

  id(token: string): number | undefined {
    return this.#ids.get(token);
  }

  token(id: number): string | undefined {
    return this.#tokens[id];
  }

  entries(): IterableIterator<[string, number]> {
    return this.#ids.entries();
  }

  /** Token to id in the order of the ids, as files hold it. */
  toJson(): Map<string, number> {
    return new Map([...this.#ids].sort(([, a], [, b]) => a - b));
  }
}

/**
 * Reads `{"token": id, ...}`.
 *
 * @throws {TokenizerError} `TOKENIZER_VOCABULARY` when an id is no whole number, or two tokens share one; `RESOURCE_LIMIT` above `limits.vocabSize`.
 */
export function readVocabulary(
  value: JsonValue | undefined,
  pointer: string,
  { file, vocabSize = DEFAULT_LIMITS.vocabSize }: { file?: string | undefined; vocabSize?: number | undefined } = {},
): Vocabulary {
  const fields = new JsonFields(value === undefined ? undefined : new Map([['vocab', value]]), pointer, file);
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  for (const [token, id] of fields.map('vocab')) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) {
      throw new TokenizerError(
        'TOKENIZER_VOCABULARY',
        `the id of ${shown(token)} must be a whole number of at least 0`,
        {
          file,
          jsonPointer: `${pointer}/vocab`,
          actual: shown(id),
        },
      );
    }
    if (id >= vocabSize) {
      throw new TokenizerError('RESOURCE_LIMIT', `ids must be below ${vocabSize}`, {
        file,
        jsonPointer: `${pointer}/vocab`,
        actual: `${id} for ${shown(token)}`,
        hint: 'Raise limits.vocabSize if you trust the file.',
      });
    }
    if (taken.has(id)) {
      throw new TokenizerError('TOKENIZER_VOCABULARY', `every id must belong to one token, but ${id} stands twice`, {
        file,
        jsonPointer: `${pointer}/vocab`,
        actual: shown(token),
      });
    }
    taken.add(id);
    ids.set(token, id);
  }
  return new Vocabulary(ids);
}
