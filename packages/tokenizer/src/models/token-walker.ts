import type { PairTable } from './pair-table.ts';
import { SymbolMerger } from './symbol-merger.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Larger than any rank. */
const NO_LIMIT = 0x7fffffff;

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
  readonly #pairs: PairTable;
  /** Rank of the merge that makes a token, -1 for single symbols; the two parts. */
  readonly #ranks: Int32Array;
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  /** Symbols per token, and the longest token that it begins with. */
  readonly #lengths: Int32Array;
  readonly #shorter: Int32Array;
  readonly #nodes: NodeTable;

  private constructor(pairs: PairTable, tables: Tables, nodes: NodeTable, shorter: Int32Array) {
    this.#pairs = pairs;
    this.#ranks = tables.ranks;
    this.#lefts = tables.lefts;
    this.#rights = tables.rights;
    this.#lengths = tables.lengths;
    this.#shorter = shorter;
    this.#nodes = nodes;
  }

  /** Undefined where the merges are not as training makes them. */
  static for(
    vocabulary: Vocabulary,
    merges: readonly (readonly [string, string])[],
    pairs: PairTable,
  ): TokenWalker | undefined {
    const tables = readTables(vocabulary, merges, pairs);
    if (tables === undefined) return undefined;
    const shorter = new Int32Array(tables.ranks.length).fill(-1);
    const nodes = new NodeTable(tables.ranks.length);
    const merger = new SymbolMerger();
    for (const { id, symbols } of tables.spellings) {
      // A token whose own symbols merge otherwise is never a result.
      merger.length = 0;
      for (const symbol of symbols) merger.push(symbol, 0, 0);
      merger.merge(pairs);
      if (merger.length === 1 && merger.ids[0] === id) nodes.insert(symbols, id);
    }
    for (const { id, symbols } of tables.spellings) shorter[id] = nodes.longest(symbols, 0, symbols.length - 1);
    return new TokenWalker(pairs, tables, nodes, shorter);
  }

  /** Replaces the symbols in the merger, which must all be single ones, by tokens. Positions are not kept. */
  walk(merger: SymbolMerger): void {
    const symbols = merger.ids;
    const { length } = merger;
    const tokens = new Int32Array(length);
    const isDead = new Uint8Array(length + 1);
    let count = 0;
    let at = 0;
    let token = this.#nodes.longest(symbols, 0, length);
    while (at < length) {
      const last = count > 0 ? (tokens[count - 1] ?? -1) : -1;
      while (token !== -1) {
        const end = at + (this.#lengths[token] ?? 1);
        if (isDead[end] === 0 && (last === -1 || this.#mayFollow(last, token))) break;
        token = this.#shorter[token] ?? -1;
      }
      if (token !== -1) {
        tokens[count++] = token;
        at += this.#lengths[token] ?? 1;
        token = this.#nodes.longest(symbols, at, length);
      } else {
        // Nothing may follow here: the token before must be a shorter one.
        isDead[at] = 1;
        count--;
        at -= this.#lengths[last] ?? 1;
        token = this.#shorter[last] ?? -1;
      }
    }
    merger.ids.set(tokens.subarray(0, count));
    merger.length = count;
  }

  #mayFollow(first: number, second: number): boolean {
    const ranks = this.#ranks;
    let left = first;
    let right = second;
    let limit = NO_LIMIT;
    for (;;) {
      const slot = this.#pairs.find(left, right);
      if (slot !== -1 && this.#pairs.rankAt(slot) < limit) return false;
      const leftRank = ranks[left] ?? -1;
      const rightRank = ranks[right] ?? -1;
      if (leftRank === -1 && rightRank === -1) return true;
      if (leftRank > rightRank) {
        // The border must not have merged before the left token was whole.
        limit = leftRank;
        left = this.#rights[left] ?? 0;
      } else {
        // Of equal ranks the one further left merges first.
        limit = rightRank + 1;
        right = this.#lefts[right] ?? 0;
      }
    }
  }
}

interface Tables {
  readonly ranks: Int32Array;
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  readonly lengths: Int32Array;
  readonly spellings: readonly { readonly id: number; readonly symbols: Int32Array }[];
}

function readTables(
  vocabulary: Vocabulary,
  merges: readonly (readonly [string, string])[],
  pairs: PairTable,
): Tables | undefined {
  const size = vocabulary.idLimit;
  const ranks = new Int32Array(size).fill(-1);
  const lefts = new Int32Array(size);
  const rights = new Int32Array(size);
  const lengths = new Int32Array(size).fill(1);
  const symbols: (Int32Array | undefined)[] = [];
  const spellings: { id: number; symbols: Int32Array }[] = [];
  const isMade = new Uint8Array(size);
  for (const [token, id] of vocabulary.entries()) {
    if (Array.from(token).length !== 1) continue;
    symbols[id] = Int32Array.of(id);
    isMade[id] = 1;
    spellings.push({ id, symbols: Int32Array.of(id) });
  }
  for (const [rank, [first, second]] of merges.entries()) {
    const left = vocabulary.id(first) ?? 0;
    const right = vocabulary.id(second) ?? 0;
    const merged = pairs.mergedAt(pairs.find(left, right));
    const before = symbols[left];
    const after = symbols[right];
    if (before === undefined || after === undefined || isMade[merged] === 1) return undefined;
    const spelling = new Int32Array(before.length + after.length);
    spelling.set(before);
    spelling.set(after, before.length);
    symbols[merged] = spelling;
    isMade[merged] = 1;
    ranks[merged] = rank;
    lefts[merged] = left;
    rights[merged] = right;
    lengths[merged] = spelling.length;
    spellings.push({ id: merged, symbols: spelling });
  }
  return { ranks, lefts, rights, lengths, spellings };
}

/** A trie over symbols in one open-addressing table. Its nodes are numbered; each may hold a token. */
class NodeTable {
  readonly #first: Int32Array;
  #froms = new Int32Array(1 << 12).fill(-1);
  #symbols = new Int32Array(1 << 12);
  #targets = new Int32Array(1 << 12);
  readonly #tokens: number[] = [];
  #numEdges = 0;

  constructor(idLimit: number) {
    this.#first = new Int32Array(idLimit).fill(-1);
  }

  insert(symbols: Int32Array, token: number): void {
    const first = symbols[0] ?? 0;
    let node = this.#first[first] ?? -1;
    if (node === -1) {
      node = this.#tokens.push(-1) - 1;
      this.#first[first] = node;
    }
    for (let at = 1; at < symbols.length; at++) {
      const symbol = symbols[at] ?? 0;
      const next = this.#next(node, symbol);
      node = next === -1 ? this.#addEdge(node, symbol) : next;
    }
    this.#tokens[node] = token;
  }

  /** The longest token that symbols[start, end) begins with, or -1. */
  longest(symbols: Int32Array, start: number, end: number): number {
    let token = -1;
    if (start >= end) return token;
    let node = this.#first[symbols[start] ?? 0] ?? -1;
    for (let at = start + 1; node !== -1; at++) {
      const here = this.#tokens[node] ?? -1;
      if (here !== -1) token = here;
      if (at >= end) break;
      node = this.#next(node, symbols[at] ?? 0);
    }
    return token;
  }

  #next(node: number, symbol: number): number {
    const froms = this.#froms;
    const mask = froms.length - 1;
    for (let slot = hashOf(node, symbol) & mask; ; slot = (slot + 1) & mask) {
      const from = froms[slot];
      if (from === node && this.#symbols[slot] === symbol) return this.#targets[slot] ?? -1;
      if (from === -1) return -1;
    }
  }

  #addEdge(node: number, symbol: number): number {
    if (2 * ++this.#numEdges > this.#froms.length) this.#grow();
    const target = this.#tokens.push(-1) - 1;
    this.#put(node, symbol, target);
    return target;
  }

  #put(node: number, symbol: number, target: number): void {
    const mask = this.#froms.length - 1;
    let slot = hashOf(node, symbol) & mask;
    while (this.#froms[slot] !== -1) slot = (slot + 1) & mask;
    this.#froms[slot] = node;
    this.#symbols[slot] = symbol;
    this.#targets[slot] = target;
  }

  #grow(): void {
    const froms = this.#froms;
    const symbols = this.#symbols;
    const targets = this.#targets;
    this.#froms = new Int32Array(2 * froms.length).fill(-1);
    this.#symbols = new Int32Array(2 * froms.length);
    this.#targets = new Int32Array(2 * froms.length);
    for (const [slot, from] of froms.entries()) {
      if (from !== -1) this.#put(from, symbols[slot] ?? 0, targets[slot] ?? 0);
    }
  }
}

function hashOf(node: number, symbol: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
