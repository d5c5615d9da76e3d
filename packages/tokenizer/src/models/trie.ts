import { shown, TokenizerError } from '../errors.ts';

/** Longest string: it bounds the work for each character of a text. */
const LONGEST = 1024;

/**
 * Strings by their UTF-16 units, each with a whole number. Edges lie in one open-addressing table of typed arrays; those of the root in an array of
 * their own.
 */
export class Trie {
  readonly #root = new Int32Array(0x10000).fill(-1);
  #slots: Int32Array;
  /** Node and unit of an edge as one number, node * 2^16 + unit, and where it leads. */
  #keys: Float64Array;
  #values: Int32Array = new Int32Array(1 << 10).fill(-1);
  #numNodes = 1;
  #numEdges = 0;

  /** @throws {TokenizerError} `RESOURCE_LIMIT` for a string that is too long. */
  constructor(entries: Iterable<readonly [string, number]>) {
    this.#slots = new Int32Array(1 << 10).fill(-1);
    this.#keys = new Float64Array(1 << 10);
    for (const [text, value] of entries) this.#insert(text, value);
  }

  /** The node behind the unit that begins a string, or -1. */
  first(unit: number): number {
    return this.#root[unit] ?? -1;
  }

  /** The node behind another unit, or -1. */
  next(node: number, unit: number): number {
    const keys = this.#keys;
    const key = node * 0x10000 + unit;
    const mask = keys.length - 1;
    for (let slot = hashOf(node, unit) & mask; ; slot = (slot + 1) & mask) {
      const target = this.#slots[slot] ?? -1;
      if (target === -1 || keys[slot] === key) return target;
    }
  }

  /** The number of the string that ends at a node, or -1. */
  valueAt(node: number): number {
    return this.#values[node] ?? -1;
  }

  #insert(text: string, value: number): void {
    if (text === '') return;
    if (text.length > LONGEST) {
      throw new TokenizerError('RESOURCE_LIMIT', `a piece must have at most ${LONGEST} characters`, {
        actual: `${text.length} in ${shown(text)}`,
      });
    }
    const unit = text.charCodeAt(0);
    let node = this.#root[unit] ?? -1;
    if (node === -1) {
      node = this.#newNode();
      this.#root[unit] = node;
    }
    for (let at = 1; at < text.length; at++) {
      const next = this.next(node, text.charCodeAt(at));
      node = next === -1 ? this.#addEdge(node, text.charCodeAt(at)) : next;
    }
    this.#values[node] = value;
  }

  #newNode(): number {
    if (this.#numNodes === this.#values.length) {
      const larger = new Int32Array(2 * this.#values.length).fill(-1);
      larger.set(this.#values);
      this.#values = larger;
    }
    return this.#numNodes++;
  }

  #addEdge(node: number, unit: number): number {
    if (2 * ++this.#numEdges > this.#slots.length) this.#growSlots();
    const target = this.#newNode();
    this.#put(node, unit, target);
    return target;
  }

  #put(node: number, unit: number, target: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(node, unit) & mask;
    while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
    this.#slots[slot] = target;
    this.#keys[slot] = node * 0x10000 + unit;
  }

  #growSlots(): void {
    const slots = this.#slots;
    const keys = this.#keys;
    this.#slots = new Int32Array(2 * slots.length).fill(-1);
    this.#keys = new Float64Array(2 * slots.length);
    for (const [slot, target] of slots.entries()) {
      const key = keys[slot] ?? 0;
      if (target !== -1) this.#put(Math.floor(key / 0x10000), key % 0x10000, target);
    }
  }
}

function hashOf(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
