import type { PairCounts } from './pair-counts.ts';

/** A pair to merge next, with the words in which it was found. */
export interface QueuedMerge {
  readonly pair: number;
  readonly count: number;
  readonly words: readonly number[];
}

/**
 * Pairs by count, the largest first; among equals the smaller left id, then the smaller right id. Counts that have changed since a pair was queued are
 * noticed when it comes to the top, and it is queued again.
 */
export class MergeQueue {
  readonly #pairs: PairCounts;
  readonly #heap: { pair: number; count: number; words: number[] }[] = [];
  /** By pair, the words in which it was found since the last flush; and which pairs have any. */
  readonly #found: (number[] | undefined)[] = [];
  readonly #foundPairs: number[] = [];

  constructor(pairs: PairCounts) {
    this.#pairs = pairs;
  }

  /** Remembers that a pair stands in a word; words come in ascending order. `flush` queues what was found. */
  found(pair: number, word: number): void {
    const words = this.#found[pair];
    if (words === undefined) {
      this.#found[pair] = [word];
      this.#foundPairs.push(pair);
    } else if (words[words.length - 1] !== word) {
      words.push(word);
    }
  }

  flush(): void {
    for (const pair of this.#foundPairs) {
      const count = this.#pairs.counts[pair] ?? 0;
      if (count > 0) this.#push({ pair, count, words: this.#found[pair] ?? [] });
      this.#found[pair] = undefined;
    }
    this.#foundPairs.length = 0;
  }

  /** The pair to merge next, or undefined when there is none left. */
  pop(): QueuedMerge | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return undefined;
      const count = this.#pairs.counts[top.pair] ?? 0;
      if (top.count === count) {
        this.#removeTop();
        return top;
      }
      top.count = count;
      this.#sink(top);
    }
  }

  #push(entry: { pair: number; count: number; words: number[] }): void {
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = this.#heap[parent];
      if (other === undefined || !this.#isBefore(entry, other)) break;
      this.#heap[at] = other;
      at = parent;
    }
    this.#heap[at] = entry;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  /** Puts an entry at the top and lets it sink to its place. */
  #sink(entry: { pair: number; count: number; words: number[] }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let best = heap[child];
      if (best === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && this.#isBefore(right, best)) {
        best = right;
        child++;
      }
      if (!this.#isBefore(best, entry)) break;
      heap[at] = best;
      at = child;
    }
    heap[at] = entry;
  }

  #isBefore(a: QueuedMerge, b: QueuedMerge): boolean {
    if (a.count !== b.count) return a.count > b.count;
    const { lefts, rights } = this.#pairs;
    const byLeft = (lefts[a.pair] ?? 0) - (lefts[b.pair] ?? 0);
    return byLeft === 0 ? (rights[a.pair] ?? 0) < (rights[b.pair] ?? 0) : byLeft < 0;
  }
}
