/**
 * Encodes stretches of text to ids only: no tokens, no offsets, words scanned in place and looked up in a cache. Each is for one combination of stages
 * and gives exactly the ids that the stages give.
 */
export interface IdEncoder {
  /** Appends the ids of text[start, end), a stretch between added tokens. */
  encode(text: string, start: number, end: number, out: IdBuffer): void;
}

/** A growing list of ids. */
export class IdBuffer {
  ids: Int32Array = new Int32Array(1 << 10);
  length = 0;

  push(id: number): void {
    if (this.length === this.ids.length) this.reserve(1);
    this.ids[this.length++] = id;
  }

  /** Copies values[from, to). */
  append(values: Int32Array, from: number, to: number): void {
    if (this.length + to - from > this.ids.length) this.reserve(to - from);
    for (let at = from; at < to; at++) this.ids[this.length++] = values[at] ?? 0;
  }

  /** Makes room for `more` ids. */
  reserve(more: number): void {
    if (this.length + more <= this.ids.length) return;
    const larger = new Int32Array(2 * (this.length + more));
    larger.set(this.ids.subarray(0, this.length));
    this.ids = larger;
  }

  /** The ids so far, in an array of their own; the buffer is empty afterwards. */
  take(): Int32Array {
    const ids = this.ids.slice(0, this.length);
    this.length = 0;
    return ids;
  }
}
