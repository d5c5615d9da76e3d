import { NumberPairMap } from '../number-pair-map.ts';

/** Larger than any rank. */
export const NO_RANK = 0x7fffffff;

/** Merge rules by pair of ids. The rank of a rule is its place in the list, lower first. */
export class MergeRules {
  readonly #ranks: NumberPairMap;
  /** By rank. */
  readonly #merged: Int32Array;

  constructor(numRules: number) {
    this.#ranks = new NumberPairMap(numRules);
    this.#merged = new Int32Array(numRules);
  }

  /** A later rule for the same pair replaces the earlier one. */
  set(left: number, right: number, rank: number, merged: number): void {
    this.#ranks.set(left, right, rank);
    this.#merged[rank] = merged;
  }

  /** Rank of the rule for a pair, or `NO_RANK`. */
  rank(left: number, right: number): number {
    const rank = this.#ranks.get(left, right);
    return rank === -1 ? NO_RANK : rank;
  }

  /** What the rule of a rank makes. */
  merged(rank: number): number {
    return this.#merged[rank] ?? 0;
  }
}
