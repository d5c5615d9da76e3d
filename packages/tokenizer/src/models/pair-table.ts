/**
 * Merge rules by pair of ids: an open-addressing table in typed arrays. The rank of a rule is its place in the list, lower first.
 */
export class PairTable {
  #mask: number;
  #lefts: Int32Array;
  #rights: Int32Array;
  #ranks: Int32Array;
  #merged: Int32Array;
  #size = 0;

  constructor(expected: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, 2.5 * expected)));
    this.#mask = capacity - 1;
    this.#lefts = new Int32Array(capacity).fill(-1);
    this.#rights = new Int32Array(capacity);
    this.#ranks = new Int32Array(capacity);
    this.#merged = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** A later rule for the same pair replaces the earlier one. */
  set(left: number, right: number, rank: number, merged: number): void {
    let slot = hashOf(left, right) & this.#mask;
    while (this.#lefts[slot] !== -1 && (this.#lefts[slot] !== left || this.#rights[slot] !== right)) {
      slot = (slot + 1) & this.#mask;
    }
    if (this.#lefts[slot] === -1) this.#size++;
    this.#lefts[slot] = left;
    this.#rights[slot] = right;
    this.#ranks[slot] = rank;
    this.#merged[slot] = merged;
  }

  /** Where the rule for a pair stands, or -1. */
  find(left: number, right: number): number {
    const lefts = this.#lefts;
    const rights = this.#rights;
    const mask = this.#mask;
    for (let slot = hashOf(left, right) & mask; ; slot = (slot + 1) & mask) {
      const candidate = lefts[slot];
      if (candidate === left && rights[slot] === right) return slot;
      if (candidate === -1) return -1;
    }
  }

  rankAt(slot: number): number {
    return this.#ranks[slot] ?? 0;
  }

  mergedAt(slot: number): number {
    return this.#merged[slot] ?? 0;
  }
}

function hashOf(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
