/** Longer words are computed anew each time. */
export const LONGEST_CACHED_WORD = 128;

const FIRST_HASH = 0x811c9dc5;

/**
 * Results by word, in a few typed arrays: an open-addressing table whose keys and values lie in arenas. When an arena is full, everything is
 * forgotten, so that memory stays bounded (about 40 MB by default) and results never depend on it.
 */
export class WordCache {
  readonly #slotMask: number;
  readonly #hashes: Int32Array;
  /** Where key and value of a slot begin; a word of length 0 is never stored, so key length 0 = free. */
  readonly #keyStarts: Int32Array;
  readonly #keyLengths: Uint8Array;
  readonly #valueStarts: Int32Array;
  readonly #valueEnds: Int32Array;
  #keys: Uint16Array = new Uint16Array(1 << 12);
  /** All stored values, one after the other. */
  values: Int32Array = new Int32Array(1 << 12);
  readonly #maxKeyUnits: number;
  readonly #maxValues: number;
  #keyLength = 0;
  #valueLength = 0;
  #count = 0;

  constructor(slots: number = 1 << 19) {
    this.#slotMask = slots - 1;
    this.#hashes = new Int32Array(slots);
    this.#keyStarts = new Int32Array(slots);
    this.#keyLengths = new Uint8Array(slots);
    this.#valueStarts = new Int32Array(slots);
    this.#valueEnds = new Int32Array(slots);
    this.#maxKeyUnits = 8 * slots;
    this.#maxValues = 8 * slots;
  }

  /** Slot of text[start, end), or -1. */
  find(text: string, start: number, end: number, hash: number): number {
    const length = end - start;
    const keys = this.#keys;
    for (let slot = hash & this.#slotMask; ; slot = (slot + 1) & this.#slotMask) {
      const keyLength = this.#keyLengths[slot] ?? 0;
      if (keyLength === 0) return -1;
      if (keyLength !== length || this.#hashes[slot] !== hash) continue;
      const key = this.#keyStarts[slot] ?? 0;
      let at = 0;
      while (at < length && keys[key + at] === text.charCodeAt(start + at)) at++;
      if (at === length) return slot;
    }
  }

  valueStart(slot: number): number {
    return this.#valueStarts[slot] ?? 0;
  }

  valueEnd(slot: number): number {
    return this.#valueEnds[slot] ?? 0;
  }

  /** Stores values[from, to) for a word that `find` did not find. Words that are too long are not stored. */
  add(text: string, start: number, end: number, hash: number, values: Int32Array, from: number, to: number): void {
    const length = end - start;
    if (length > LONGEST_CACHED_WORD || length === 0) return;
    if (this.#isFull(length, to - from)) this.clear();
    let slot = hash & this.#slotMask;
    while (this.#keyLengths[slot] !== 0) slot = (slot + 1) & this.#slotMask;
    this.#reserve(length, to - from);
    this.#count++;
    this.#hashes[slot] = hash;
    this.#keyStarts[slot] = this.#keyLength;
    this.#keyLengths[slot] = length;
    this.#valueStarts[slot] = this.#valueLength;
    for (let at = start; at < end; at++) this.#keys[this.#keyLength++] = text.charCodeAt(at);
    for (let at = from; at < to; at++) this.values[this.#valueLength++] = values[at] ?? 0;
    this.#valueEnds[slot] = this.#valueLength;
  }

  clear(): void {
    this.#keyLengths.fill(0);
    this.#keyLength = 0;
    this.#valueLength = 0;
    this.#count = 0;
  }

  #isFull(keyUnits: number, values: number): boolean {
    return (
      2 * (this.#count + 1) > this.#slotMask ||
      this.#keyLength + keyUnits > this.#maxKeyUnits ||
      this.#valueLength + values > this.#maxValues
    );
  }

  #reserve(keyUnits: number, values: number): void {
    if (this.#keyLength + keyUnits > this.#keys.length) {
      const larger = new Uint16Array(2 * this.#keys.length);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    while (this.#valueLength + values > this.values.length) {
      const larger = new Int32Array(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
  }
}

/** Hash of text[start, end) as `hashUnit` and `finishHash` make it. */
export function hashWord(text: string, start: number, end: number): number {
  let hash = FIRST_HASH;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return finishHash(hash);
}

/** Spreads the bits of a running hash over the low ones that choose the slot. */
export function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
