import { type MergeRules, NO_RANK } from './merge-rules.ts';

/** Below this many symbols, scanning an array for the lowest rank is faster than a heap. */
const SHORT = 100;

/**
 * Applies merge rules to one word: the lowest rank first, leftmost first among equals, until no rule applies.
 *
 * Short words are compacted in place; longer ones go through a heap and a linked list, so that the time is O(n log n) for any input.
 *
 * @see Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", section 3.2. <https://arxiv.org/abs/1508.07909>
 */
export class SymbolMerger {
  length = 0;
  ids: Int32Array = new Int32Array(256);
  /** First and last-plus-one unit of each symbol in its word. */
  starts: Int32Array = new Int32Array(256);
  ends: Int32Array = new Int32Array(256);
  #ranks: Int32Array = new Int32Array(256);
  #previous = new Int32Array(0);
  #next = new Int32Array(0);
  #heap = new Float64Array(0);
  #heapLength = 0;

  push(id: number, start: number, end: number): void {
    if (this.length === this.ids.length) this.#grow();
    this.ids[this.length] = id;
    this.starts[this.length] = start;
    this.ends[this.length++] = end;
  }

  /** @param skip Asked before each merge; true leaves the rule out for this round (BPE dropout). */
  merge(rules: MergeRules, skip?: () => boolean): void {
    if (this.length < 2) return;
    if (this.length < SHORT && skip === undefined) this.#mergeShort(rules);
    else this.#mergeLong(rules, skip);
  }

  #mergeShort(rules: MergeRules): void {
    const { ids, starts, ends } = this;
    const ranks = this.#ranks;
    let { length } = this;
    for (let at = 0; at < length - 1; at++) ranks[at] = rules.rank(ids[at] ?? 0, ids[at + 1] ?? 0);
    for (;;) {
      let best = NO_RANK;
      let at = 0;
      for (let index = 0; index < length - 1; index++) {
        const rank = ranks[index] ?? NO_RANK;
        if (rank < best) {
          best = rank;
          at = index;
        }
      }
      if (best === NO_RANK) break;
      ids[at] = rules.merged(best);
      ends[at] = ends[at + 1] ?? 0;
      length--;
      for (let index = at + 1; index < length; index++) {
        ids[index] = ids[index + 1] ?? 0;
        starts[index] = starts[index + 1] ?? 0;
        ends[index] = ends[index + 1] ?? 0;
        ranks[index] = ranks[index + 1] ?? NO_RANK;
      }
      if (at > 0) ranks[at - 1] = rules.rank(ids[at - 1] ?? 0, ids[at] ?? 0);
      if (at < length - 1) ranks[at] = rules.rank(ids[at] ?? 0, ids[at + 1] ?? 0);
    }
    this.length = length;
  }

  #mergeLong(rules: MergeRules, skip: (() => boolean) | undefined): void {
    const { ids, ends, length } = this;
    const ranks = this.#ranks;
    this.#prepare(length);
    const previous = this.#previous;
    const next = this.#next;
    for (let at = 0; at < length; at++) {
      previous[at] = at - 1;
      next[at] = at + 1;
      ranks[at] = NO_RANK;
      if (at < length - 1) this.#queue(at, rules.rank(ids[at] ?? 0, ids[at + 1] ?? 0));
    }
    const skipped: number[] = [];
    while (this.#heapLength > 0) {
      const key = this.#pop();
      const rank = Math.floor(key / POSITIONS);
      const at = key - rank * POSITIONS;
      // An entry whose pair has changed since it was queued has another rank now.
      if (ranks[at] !== rank) continue;
      if (skip?.() === true) {
        skipped.push(key);
        continue;
      }
      for (const again of skipped.splice(0)) this.#insert(again);
      const right = next[at] ?? 0;
      ids[at] = rules.merged(rank);
      ends[at] = ends[right] ?? 0;
      ranks[right] = NO_RANK;
      const after = next[right] ?? length;
      next[at] = after;
      ranks[at] = NO_RANK;
      if (after < length) {
        previous[after] = at;
        this.#queue(at, rules.rank(ids[at] ?? 0, ids[after] ?? 0));
      }
      const before = previous[at] ?? -1;
      if (before >= 0) {
        ranks[before] = NO_RANK;
        this.#queue(before, rules.rank(ids[before] ?? 0, ids[at] ?? 0));
      }
    }
    this.#compact(length);
  }

  #compact(length: number): void {
    let count = 0;
    for (let at = 0; at < length; at = this.#next[at] ?? length) {
      this.ids[count] = this.ids[at] ?? 0;
      this.starts[count] = this.starts[at] ?? 0;
      this.ends[count++] = this.ends[at] ?? 0;
    }
    this.length = count;
  }

  #queue(at: number, rank: number): void {
    this.#ranks[at] = rank;
    if (rank !== NO_RANK) this.#insert(rank * POSITIONS + at);
  }

  #insert(key: number): void {
    const heap = this.#heap;
    let at = this.#heapLength++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = heap[parent] ?? 0;
      if (other <= key) break;
      heap[at] = other;
      at = parent;
    }
    heap[at] = key;
  }

  #pop(): number {
    const heap = this.#heap;
    const top = heap[0] ?? 0;
    const length = --this.#heapLength;
    const last = heap[length] ?? 0;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      const other = heap[child] ?? 0;
      if (other >= last) break;
      heap[at] = other;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  #prepare(length: number): void {
    this.#heapLength = 0;
    if (this.#next.length >= length) return;
    const capacity = this.ids.length;
    this.#previous = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    // One entry per pair at first, two per merge afterwards.
    this.#heap = new Float64Array(3 * capacity);
  }

  #grow(): void {
    const capacity = 2 * this.ids.length;
    this.ids = grown(this.ids, capacity);
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
    this.#ranks = grown(this.#ranks, capacity);
  }
}

/** Positions are below 2^31 and ranks below 2^22, so that a heap key is an exact double. */
const POSITIONS = 2 ** 31;

function grown(array: Int32Array, capacity: number): Int32Array {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
