import { hashWord } from '../word-cache.ts';

/** Units that one call may turn into a string. */
const CHUNK = 4096;

/**
 * How often stretches of texts occur: an open-addressing table in typed arrays with the stretches in one arena, so that no string is made for one that is known.
 */
export class StretchCounts {
  /** Number of a stretch plus one; 0 = free. */
  #slots = new Int32Array(1 << 16);
  #hashes = new Int32Array(1 << 14);
  /** Where each stretch begins in the arena; one more entry at the end. */
  #begins = new Int32Array((1 << 14) + 1);
  #counts = new Float64Array(1 << 14);
  #arena = new Uint16Array(1 << 18);
  #size = 0;

  /** Counts units[start, end). */
  add(units: Uint16Array, start: number, end: number): void {
    const hash = hashWord(units, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let index = this.#slots[slot] ?? 0; index !== 0; index = this.#slots[slot] ?? 0) {
      if (this.#hashes[index - 1] === hash && this.#holds(index - 1, units, start, end)) {
        this.#counts[index - 1] = (this.#counts[index - 1] ?? 0) + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#insert(slot, hash, units.subarray(start, end));
  }

  /** In the order of appearance. */
  *entries(): IterableIterator<[stretch: string, count: number]> {
    for (let index = 0; index < this.#size; index++) {
      let text = '';
      const end = this.#begins[index + 1] ?? 0;
      for (let at = this.#begins[index] ?? 0; at < end; at += CHUNK) {
        text += String.fromCharCode(...this.#arena.subarray(at, Math.min(end, at + CHUNK)));
      }
      yield [text, this.#counts[index] ?? 0];
    }
  }

  #holds(index: number, units: Uint16Array, start: number, end: number): boolean {
    const begin = this.#begins[index] ?? 0;
    const length = end - start;
    if ((this.#begins[index + 1] ?? 0) - begin !== length) return false;
    const arena = this.#arena;
    for (let at = 0; at < length; at++) if (arena[begin + at] !== units[start + at]) return false;
    return true;
  }

  #insert(slot: number, hash: number, stretch: Uint16Array): void {
    const index = this.#size++;
    if (index === this.#counts.length) this.#grow();
    const begin = this.#begins[index] ?? 0;
    const end = begin + stretch.length;
    if (end > this.#arena.length) {
      const larger = new Uint16Array(2 * end);
      larger.set(this.#arena);
      this.#arena = larger;
    }
    this.#arena.set(stretch, begin);
    this.#begins[index + 1] = end;
    this.#hashes[index] = hash;
    this.#counts[index] = 1;
    this.#slots[slot] = index + 1;
    if (2 * this.#size > this.#slots.length) this.#growSlots();
  }

  #grow(): void {
    const capacity = 2 * this.#counts.length;
    const [hashes, begins, counts] = [this.#hashes, this.#begins, this.#counts];
    this.#hashes = new Int32Array(capacity);
    this.#begins = new Int32Array(capacity + 1);
    this.#counts = new Float64Array(capacity);
    this.#hashes.set(hashes);
    this.#begins.set(begins);
    this.#counts.set(counts);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#size; index++) {
      let slot = (this.#hashes[index] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}
