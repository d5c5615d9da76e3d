import { type MergeRules, NO_RANK } from './merge-rules.ts';
import { SymbolMerger } from './symbol-merger.ts';
import { Trie } from './trie.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The same result as applying merges by rank, without a heap: takes the longest token that may follow the one before it, and steps back where none
 * may. Two tokens may stand side by side when undoing their merges, the later ones first, never meets a merge across the border that would have come first.
 *
 * Each position is tried at most once, so the time is linear in the length of the word. It holds for merges as training makes them: every token is the
 * result of one merge, of parts that were made before it.
 *
 * @see van Antwerpen and Neubeck 2024, "So many tokens, so little time: introducing a faster, more flexible byte-pair tokenizer" (GitHub blog), for the idea.
 */
export class TokenWalker {
  readonly #rules: MergeRules;
  readonly #origins: Int32Array;
  /** By token, the longest one that it begins with. */
  readonly #shorter: Int32Array;
  readonly #trie: Trie;
  #tokens = new Int32Array(1 << 8);
  #isDead = new Uint8Array(1 << 8);

  private constructor(rules: MergeRules, origins: Int32Array, trie: Trie, shorter: Int32Array) {
    this.#rules = rules;
    this.#origins = origins;
    this.#shorter = shorter;
    this.#trie = trie;
  }

  /** Undefined where the merges are not as training makes them. */
  static for(
    vocabulary: Vocabulary,
    merges: readonly (readonly [string, string])[],
    rules: MergeRules,
  ): TokenWalker | undefined {
    const read = readOrigins(vocabulary, merges, rules);
    if (read === undefined) return undefined;
    const { origins, spellings } = read;
    const merger = new SymbolMerger();
    // A token whose own symbols merge otherwise is never a result.
    const results = [...spellings].filter(([id, symbols]) => {
      merger.length = 0;
      for (const symbol of symbols) merger.push(symbol, 0, 0);
      merger.merge(rules);
      return merger.length === 1 && merger.ids[0] === id;
    });
    const trie = new Trie(
      results.map(([id, symbols]) => [symbols, id]),
      vocabulary.idLimit,
    );
    const shorter = new Int32Array(vocabulary.idLimit).fill(-1);
    for (const [id, symbols] of spellings) shorter[id] = trie.longest(symbols, 0, symbols.length - 1);
    return new TokenWalker(rules, origins, trie, shorter);
  }

  /** Replaces the symbols in the merger, which must all be single ones, by tokens. Positions are not kept. */
  walk(merger: SymbolMerger): void {
    const symbols = merger.ids;
    const { length } = merger;
    this.#reserve(length);
    const tokens = this.#tokens;
    const isDead = this.#isDead;
    isDead.fill(0, 0, length + 1);
    let count = 0;
    let at = 0;
    let token = this.#trie.longest(symbols, 0, length);
    while (at < length) {
      const last = count > 0 ? (tokens[count - 1] ?? -1) : -1;
      while (token !== -1) {
        const end = at + this.#lengthOf(token);
        if (isDead[end] === 0 && (last === -1 || this.#mayFollow(last, token))) break;
        token = this.#shorter[token] ?? -1;
      }
      if (token !== -1) {
        tokens[count++] = token;
        at += this.#lengthOf(token);
        token = this.#trie.longest(symbols, at, length);
      } else {
        // Nothing may follow here: the token before must be a shorter one.
        isDead[at] = 1;
        count--;
        at -= this.#lengthOf(last);
        token = this.#shorter[last] ?? -1;
      }
    }
    for (let index = 0; index < count; index++) symbols[index] = tokens[index] ?? 0;
    merger.length = count;
  }

  #mayFollow(first: number, second: number): boolean {
    const origins = this.#origins;
    let left = first;
    let right = second;
    let limit = NO_RANK;
    for (;;) {
      if (this.#rules.rank(left, right) < limit) return false;
      const leftRank = origins[STRIDE * left + RANK] ?? -1;
      const rightRank = origins[STRIDE * right + RANK] ?? -1;
      if (leftRank === -1 && rightRank === -1) return true;
      if (leftRank > rightRank) {
        // The border must not have merged before the left token was whole.
        limit = leftRank;
        left = origins[STRIDE * left + RIGHT] ?? 0;
      } else {
        // Of equal ranks the one further left merges first.
        limit = rightRank + 1;
        right = origins[STRIDE * right + LEFT] ?? 0;
      }
    }
  }

  #lengthOf(token: number): number {
    return this.#origins[STRIDE * token + LENGTH] ?? 1;
  }

  #reserve(length: number): void {
    if (length < this.#isDead.length) return;
    this.#tokens = new Int32Array(2 * length);
    this.#isDead = new Uint8Array(2 * length);
  }
}

/** What each token is made of, side by side: the rank of its merge (-1 for single symbols), the two parts, and how many symbols it has. */
const RANK = 0;
const LEFT = 1;
const RIGHT = 2;
const LENGTH = 3;
const STRIDE = 4;

function readOrigins(
  vocabulary: Vocabulary,
  merges: readonly (readonly [string, string])[],
  rules: MergeRules,
): { origins: Int32Array; spellings: Map<number, Int32Array> } | undefined {
  const origins = new Int32Array(STRIDE * vocabulary.idLimit);
  const spellings = new Map<number, Int32Array>();
  for (const [token, id] of vocabulary.entries()) {
    if (Array.from(token).length !== 1) continue;
    spellings.set(id, Int32Array.of(id));
    origins.set([-1, 0, 0, 1], STRIDE * id);
  }
  for (const [rank, [first, second]] of merges.entries()) {
    const left = vocabulary.id(first) ?? 0;
    const right = vocabulary.id(second) ?? 0;
    const merged = rules.merged(rules.rank(left, right));
    const before = spellings.get(left);
    const after = spellings.get(right);
    if (before === undefined || after === undefined || spellings.has(merged)) return undefined;
    const symbols = new Int32Array(before.length + after.length);
    symbols.set(before);
    symbols.set(after, before.length);
    spellings.set(merged, symbols);
    origins.set([rank, left, right, symbols.length], STRIDE * merged);
  }
  return { origins, spellings };
}
