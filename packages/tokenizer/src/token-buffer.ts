/**
 * Where models write their tokens: growing columns, emptied and used again for every word.
 *
 * Positions are UTF-16 units of the word.
 */
export class TokenBuffer {
  ids: Int32Array = new Int32Array(64);
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);
  length = 0;
  /** Text of those tokens that are not spelled as the vocabulary spells their id (unknown pieces of Unigram). */
  readonly texts: Map<number, string> = new Map();

  clear(): void {
    this.length = 0;
    if (this.texts.size > 0) this.texts.clear();
  }

  push(id: number, start: number, end: number): void {
    if (this.length === this.ids.length) this.#grow();
    this.ids[this.length] = id;
    this.starts[this.length] = start;
    this.ends[this.length++] = end;
  }

  #grow(): void {
    const capacity = 2 * this.ids.length;
    this.ids = grown(this.ids, capacity);
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
  }
}

function grown(array: Int32Array, capacity: number): Int32Array {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
