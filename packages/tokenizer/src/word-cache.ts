import type { IdBuffer } from './id-encoders/id-encoder.ts';

/** Longer words are computed anew each time. */
export const LONGEST_CACHED_WORD = 128;

/** Units of an entry before its key: length of the key, number of ids. */
const HEADER = 2;

/**
 * Ids by word, in two typed arrays: an open-addressing table of hashes and places, and an arena in which key and ids of a word lie side by side, so that
 * a hit touches two cache lines. When the arena or the table is full, everything is forgotten: memory stays bounded and results never depend on it.
 */
export class WordCache {
  readonly #mask: number;
  /** Per slot: hash, and where the entry begins; 0 = free. */
  readonly #slots: Int32Array;
  #arena: Uint16Array;
  readonly #maxUnits: number;
  #end = 1;
  #count = 0;

  /** @param slots A power of two; half of them are used at most. */
  constructor(slots: number = 1 << 19) {
    this.#mask = slots - 1;
    this.#slots = new Int32Array(2 * slots);
    this.#arena = new Uint16Array(1 << 16);
    this.#maxUnits = 32 * slots;
  }

  /** Appends the ids of units[start, end) to `out`; false when the word is not there. */
  append(units: Uint16Array, start: number, end: number, hash: number, out: IdBuffer): boolean {
    const slots = this.#slots;
    const arena = this.#arena;
    const length = end - start;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = slots[2 * slot + 1] ?? 0;
      if (entry === 0) return false;
      if (slots[2 * slot] !== hash || arena[entry] !== length) continue;
      const key = entry + HEADER;
      let at = 0;
      while (at < length && arena[key + at] === units[start + at]) at++;
      if (at < length) continue;
      const numIds = arena[entry + 1] ?? 0;
      out.reserve(numIds);
      const { ids } = out;
      let to = out.length;
      let from = key + length;
      for (let count = 0; count < numIds; count++, from += 2)
        ids[to++] = (arena[from] ?? 0) | ((arena[from + 1] ?? 0) << 16);
      out.length = to;
      return true;
    }
  }

  /** Stores the first `numIds` of `ids` for a word that is not there. Words that are too long are not stored. */
  add(units: Uint16Array, start: number, end: number, hash: number, ids: Int32Array, numIds: number): void {
    const length = end - start;
    if (length > LONGEST_CACHED_WORD || length === 0 || numIds > 0xffff) return;
    const size = HEADER + length + 2 * numIds;
    if (2 * (this.#count + 1) > this.#mask || this.#end + size > this.#maxUnits) this.clear();
    this.#reserve(size);
    let slot = hash & this.#mask;
    while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = this.#end;
    this.#count++;
    const arena = this.#arena;
    let to = this.#end;
    arena[to++] = length;
    arena[to++] = numIds;
    for (let at = start; at < end; at++) arena[to++] = units[at] ?? 0;
    for (let at = 0; at < numIds; at++) {
      const id = ids[at] ?? 0;
      arena[to++] = id & 0xffff;
      arena[to++] = id >>> 16;
    }
    this.#end = to;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#end = 1;
    this.#count = 0;
  }

  #reserve(units: number): void {
    if (this.#end + units <= this.#arena.length) return;
    const larger = new Uint16Array(2 * (this.#arena.length + units));
    larger.set(this.#arena);
    this.#arena = larger;
  }
}

/** Hash of units[start, end): FNV-1a, with the bits spread over the low ones that choose the slot. */
export function hashWord(units: Uint16Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (units[at] ?? 0), 0x01000193);
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
