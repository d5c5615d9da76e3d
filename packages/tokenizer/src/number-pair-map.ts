/** Numbers per entry: the pair, its value, and one that keeps an entry within a cache line. */
const STRIDE = 4;
const FREE = -1;

/**
 * Whole numbers of at least 0 by pairs of such numbers: an open-addressing table in one typed array, so that looking a pair up touches one cache line.
 */
export class NumberPairMap {
  #entries: Int32Array;
  #size = 0;

  /** @param expected How many pairs there will be, about. */
  constructor(expected = 0) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * expected)));
    this.#entries = new Int32Array(STRIDE * capacity).fill(FREE);
  }

  /** The value of a pair, or -1. */
  get(left: number, right: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    for (let at = placeOf(left, right) & mask; ; at = (at + STRIDE) & mask) {
      const candidate = entries[at];
      if (candidate === left && entries[at + 1] === right) return entries[at + 2] ?? FREE;
      if (candidate === FREE) return FREE;
    }
  }

  set(left: number, right: number, value: number): void {
    if (2 * STRIDE * (this.#size + 1) > this.#entries.length) this.#grow();
    const entries = this.#entries;
    const mask = entries.length - 1;
    let at = placeOf(left, right) & mask;
    while (entries[at] !== FREE && (entries[at] !== left || entries[at + 1] !== right)) at = (at + STRIDE) & mask;
    if (entries[at] === FREE) this.#size++;
    entries[at] = left;
    entries[at + 1] = right;
    entries[at + 2] = value;
  }

  #grow(): void {
    const entries = this.#entries;
    this.#entries = new Int32Array(2 * entries.length).fill(FREE);
    this.#size = 0;
    for (let at = 0; at < entries.length; at += STRIDE) {
      const left = entries[at] ?? FREE;
      if (left !== FREE) this.set(left, entries[at + 1] ?? 0, entries[at + 2] ?? 0);
    }
  }
}

/** Where the search for a pair begins, before the mask: a multiple of the stride. */
function placeOf(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) << 2;
}
