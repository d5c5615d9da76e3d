/**
 * How often each pair of neighbouring symbols stands in the corpus: an open-addressing table in typed arrays. Pairs are numbered in order of
 * appearance.
 */
export class PairCounts {
  #slots = new Int32Array(1 << 16).fill(-1);
  lefts: Int32Array = new Int32Array(1 << 14);
  rights: Int32Array = new Int32Array(1 << 14);
  counts: Float64Array = new Float64Array(1 << 14);
  size = 0;

  /** Adds to the count of a pair and returns its number. */
  add(left: number, right: number, count: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(left, right) & mask;
    for (;;) {
      const pair = this.#slots[slot] ?? -1;
      if (pair === -1) break;
      if (this.lefts[pair] === left && this.rights[pair] === right) {
        this.counts[pair] = (this.counts[pair] ?? 0) + count;
        return pair;
      }
      slot = (slot + 1) & mask;
    }
    if (this.size === this.lefts.length) this.#growPairs();
    const pair = this.size++;
    this.lefts[pair] = left;
    this.rights[pair] = right;
    this.counts[pair] = count;
    this.#slots[slot] = pair;
    if (2 * this.size > this.#slots.length) this.#growSlots();
    return pair;
  }

  #growPairs(): void {
    const capacity = 2 * this.lefts.length;
    const { lefts, rights, counts } = this;
    this.lefts = new Int32Array(capacity);
    this.rights = new Int32Array(capacity);
    this.counts = new Float64Array(capacity);
    this.lefts.set(lefts);
    this.rights.set(rights);
    this.counts.set(counts);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = this.#slots.length - 1;
    for (let pair = 0; pair < this.size; pair++) {
      let slot = hashOf(this.lefts[pair] ?? 0, this.rights[pair] ?? 0) & mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
      this.#slots[slot] = pair;
    }
  }
}

function hashOf(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
