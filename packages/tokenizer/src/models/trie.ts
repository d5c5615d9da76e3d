import { shown, TokenizerError } from '../errors.ts';
import { NumberPairMap } from '../number-pair-map.ts';
import { toUnits } from '../units.ts';

/** Longest string: it bounds the work for each character of a text. */
const LONGEST = 1024;

/** Numbers per node: where its children are, whose child it is, its value, and one that keeps a node within a cache line. */
const STRIDE = 4;
const FREE = -1;
/** Places that are tried for the children of a node before those left behind are given up: it bounds the time. */
const MOST_TRIES = 64;

/**
 * Sequences of symbols, each with a whole number of at least 0: a double array. The child of a node lies at the base of the node plus the code of the symbol, if
 * what lies there is a child of this node: one step reads one place.
 *
 * @see Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array Structure".
 */
export class Trie {
  /** By node, which is its place here: base, parent, value. */
  #nodes: Int32Array = new Int32Array(STRIDE << 10).fill(FREE);
  /** Code by symbol, times the stride; 0 = no sequence has it. */
  readonly #codes: Int32Array;
  /** No place before it is free, or worth trying. */
  #firstFree = STRIDE;

  /**
   * @param sequences Of equal ones the last one counts. None may be empty.
   * @param numSymbols Symbols are below it.
   */
  constructor(sequences: Iterable<readonly [ArrayLike<number>, number]>, numSymbols: number) {
    this.#codes = new Int32Array(numSymbols);
    const branches = new Branches();
    let numCodes = 0;
    for (const [symbols, value] of sequences) {
      branches.insert(symbols, value);
      for (let at = 0; at < symbols.length; at++) {
        const symbol = symbols[at] ?? 0;
        if (this.#codes[symbol] === 0) this.#codes[symbol] = STRIDE * ++numCodes;
      }
    }
    this.#layOut(branches);
    // Any code after any base lies inside.
    this.#reserve(this.#nodes.length + STRIDE * (numCodes + 1));
  }

  /**
   * Strings by their UTF-16 units.
   *
   * @throws {TokenizerError} `RESOURCE_LIMIT` for a string that is too long.
   */
  static ofStrings(entries: Iterable<readonly [string, number]>): Trie {
    const sequences: [Uint16Array, number][] = [];
    for (const [text, value] of entries) {
      if (text.length > LONGEST) {
        throw new TokenizerError('RESOURCE_LIMIT', `a piece must have at most ${LONGEST} characters`, {
          actual: `${text.length} in ${shown(text)}`,
        });
      }
      if (text !== '') sequences.push([toUnits(text), value]);
    }
    return new Trie(sequences, 0x10000);
  }

  /** The node behind the symbol that begins a sequence, or -1. */
  first(symbol: number): number {
    return this.next(0, symbol);
  }

  /** The node behind another symbol, or -1. */
  next(node: number, symbol: number): number {
    const child = (this.#nodes[node] ?? 0) + (this.#codes[symbol] ?? 0);
    return this.#nodes[child + 1] === node ? child : -1;
  }

  /** The number of the sequence that ends at a node, or -1. */
  valueAt(node: number): number {
    return this.#nodes[node + 2] ?? -1;
  }

  /** The value of the longest sequence that symbols[start, end) begins with, or -1. */
  longest(symbols: Int32Array, start: number, end: number): number {
    const nodes = this.#nodes;
    const codes = this.#codes;
    let longest = -1;
    let node = 0;
    for (let at = start; at < end; at++) {
      const child = (nodes[node] ?? 0) + (codes[symbols[at] ?? 0] ?? 0);
      if (nodes[child + 1] !== node) break;
      node = child;
      const value = nodes[node + 2] ?? -1;
      if (value !== -1) longest = value;
    }
    return longest;
  }

  #layOut(branches: Branches): void {
    const places = new Int32Array(branches.size);
    // A node has a smaller number than its children.
    for (let node = 0; node < branches.size; node++) {
      const place = places[node] ?? 0;
      this.#nodes[place] = 0;
      this.#nodes[place + 2] = branches.values[node] ?? -1;
      const children = branches.childrenOf(node);
      if (children.length === 0) continue;
      const codes = children.map((child) => this.#codes[branches.symbols[child] ?? 0] ?? 0);
      const base = this.#findBase(codes);
      this.#nodes[place] = base;
      for (const [index, child] of children.entries()) {
        const childPlace = base + (codes[index] ?? 0);
        places[child] = childPlace;
        this.#nodes[childPlace + 1] = place;
      }
    }
  }

  /** A base that puts all children on free places. */
  #findBase(codes: readonly number[]): number {
    const smallest = codes.reduce((least, code) => Math.min(least, code));
    const span = codes.reduce((most, code) => Math.max(most, code)) - smallest;
    while (this.#nodes[this.#firstFree + 1] !== FREE) this.#advance(this.#firstFree + STRIDE);
    let tries = 0;
    for (let place = Math.max(this.#firstFree, smallest); ; place += STRIDE) {
      this.#reserve(place + span + STRIDE);
      if (codes.every((code) => this.#nodes[place - smallest + code + 1] === FREE)) return place - smallest;
      if (++tries > MOST_TRIES) this.#advance(place);
    }
  }

  #advance(place: number): void {
    this.#firstFree = Math.max(this.#firstFree, place);
    this.#reserve(this.#firstFree + STRIDE);
  }

  #reserve(length: number): void {
    if (length <= this.#nodes.length) return;
    const larger = new Int32Array(2 * length).fill(FREE);
    larger.set(this.#nodes);
    this.#nodes = larger;
  }
}

/** A trie as it grows: numbered nodes, the children of each in a list. */
class Branches {
  readonly values: number[] = [-1];
  /** The symbol before each node. */
  readonly symbols: number[] = [0];
  readonly #firstChildren: number[] = [-1];
  readonly #nextSiblings: number[] = [-1];
  readonly #edges = new NumberPairMap();

  get size(): number {
    return this.values.length;
  }

  insert(symbols: ArrayLike<number>, value: number): void {
    let node = 0;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] ?? 0;
      const child = this.#edges.get(node, symbol);
      node = child === -1 ? this.#addChild(node, symbol) : child;
    }
    this.values[node] = value;
  }

  childrenOf(node: number): number[] {
    const children: number[] = [];
    for (let child = this.#firstChildren[node] ?? -1; child !== -1; child = this.#nextSiblings[child] ?? -1)
      children.push(child);
    return children;
  }

  #addChild(node: number, symbol: number): number {
    const child = this.values.push(-1) - 1;
    this.symbols.push(symbol);
    this.#firstChildren.push(-1);
    this.#nextSiblings.push(this.#firstChildren[node] ?? -1);
    this.#firstChildren[node] = child;
    this.#edges.set(node, symbol, child);
    return child;
  }
}
