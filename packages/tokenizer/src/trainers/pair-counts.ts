import { NumberPairMap } from '../number-pair-map.ts';

/** How often each pair of neighbouring symbols stands in the corpus. Pairs are numbered in order of appearance. */
export class PairCounts {
  readonly #numbers = new NumberPairMap(1 << 14);
  lefts: Int32Array = new Int32Array(1 << 14);
  rights: Int32Array = new Int32Array(1 << 14);
  counts: Float64Array = new Float64Array(1 << 14);
  size = 0;

  /** Adds to the count of a pair and returns its number. */
  add(left: number, right: number, count: number): number {
    const known = this.#numbers.get(left, right);
    if (known !== -1) {
      this.counts[known] = (this.counts[known] ?? 0) + count;
      return known;
    }
    if (this.size === this.lefts.length) this.#grow();
    const pair = this.size++;
    this.#numbers.set(left, right, pair);
    this.lefts[pair] = left;
    this.rights[pair] = right;
    this.counts[pair] = count;
    return pair;
  }

  #grow(): void {
    const capacity = 2 * this.lefts.length;
    const { lefts, rights, counts } = this;
    this.lefts = new Int32Array(capacity);
    this.rights = new Int32Array(capacity);
    this.counts = new Float64Array(capacity);
    this.lefts.set(lefts);
    this.rights.set(rights);
    this.counts.set(counts);
  }
}
