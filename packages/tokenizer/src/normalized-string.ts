import { checkGrowth } from './growth.ts';

/**
 * A text on its way through normalizers and pre-tokenizers, aligned to the original: every UTF-16 unit of `text` knows the range of `original` that it
 * came from. Immutable; a slice shares the arrays of its parent.
 *
 * As long as nothing was inserted or removed there are no arrays at all, only the position of `text` in `original`.
 */
export class NormalizedString {
  readonly original: string;
  readonly text: string;
  readonly #shift: number;
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;

  private constructor(original: string, text: string, shift: number, starts?: Int32Array, ends?: Int32Array) {
    this.original = original;
    this.text = text;
    this.#shift = shift;
    this.#starts = starts;
    this.#ends = ends;
  }

  static of(original: string): NormalizedString {
    return new NormalizedString(original, original, 0);
  }

  /** Where in the original the unit at `index` begins. */
  originalStart(index: number): number {
    return this.#starts === undefined ? this.#shift + index : (this.#starts[index] ?? 0);
  }

  /** Where in the original the unit before `end` ends. */
  originalEnd(end: number): number {
    return this.#ends === undefined ? this.#shift + end : (this.#ends[end - 1] ?? 0);
  }

  slice(start: number, end: number): NormalizedString {
    if (start === 0 && end === this.text.length) return this;
    return new NormalizedString(
      this.original,
      this.text.slice(start, end),
      this.#shift + start,
      this.#starts?.subarray(start, end),
      this.#ends?.subarray(start, end),
    );
  }

  /** Other characters at the same places: `text` must have the same length. */
  withText(text: string): NormalizedString {
    return text === this.text ? this : new NormalizedString(this.original, text, this.#shift, this.#starts, this.#ends);
  }

  /** A new text, written piece by piece. */
  rewrite(write: (builder: AlignedTextBuilder) => void): NormalizedString {
    const builder = new AlignedTextBuilder(this);
    write(builder);
    const { text, starts, ends } = builder.finish();
    return new NormalizedString(this.original, text, this.#shift, starts, ends);
  }

  /** Puts `prefix` in front, aligned to the first character. An empty text stays empty. */
  prepend(prefix: string): NormalizedString {
    if (this.text === '' || prefix === '') return this;
    const width = codePointWidth(this.text, 0);
    return this.rewrite((builder) => {
      builder.push(prefix, 0, width);
      builder.keep(0, this.text.length);
    });
  }
}

/** Writes the successor of a `NormalizedString`. */
export class AlignedTextBuilder {
  readonly #source: NormalizedString;
  readonly #parts: string[] = [];
  #starts: Int32Array;
  #ends: Int32Array;
  #length = 0;

  constructor(source: NormalizedString) {
    this.#source = source;
    this.#starts = new Int32Array(source.text.length + 16);
    this.#ends = new Int32Array(source.text.length + 16);
  }

  /** Copies [start, end) of the source; whole characters only. */
  keep(start: number, end: number): void {
    const { text } = this.#source;
    this.#reserve(end - start);
    for (let at = start; at < end;) {
      const next = at + codePointWidth(text, at);
      const from = this.#source.originalStart(at);
      const to = this.#source.originalEnd(next);
      for (; at < next; at++) {
        this.#starts[this.#length] = from;
        this.#ends[this.#length++] = to;
      }
    }
    this.#parts.push(text.slice(start, end));
  }

  /** Writes `text`, all of it aligned to [start, end) of the source; to nothing where that is empty. */
  push(text: string, start: number, end: number): void {
    this.#reserve(text.length);
    const from = end > start ? this.#source.originalStart(start) : 0;
    const to = end > start ? this.#source.originalEnd(end) : 0;
    this.#starts.fill(from, this.#length, this.#length + text.length);
    this.#ends.fill(to, this.#length, this.#length + text.length);
    this.#length += text.length;
    this.#parts.push(text);
  }

  finish(): { text: string; starts: Int32Array; ends: Int32Array } {
    const length = this.#length;
    return {
      text: this.#parts.join(''),
      starts: this.#starts.subarray(0, length),
      ends: this.#ends.subarray(0, length),
    };
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#starts.length) return;
    checkGrowth('a text', this.#length + more, this.#source.original.length);
    const capacity = 2 * (this.#length + more);
    this.#starts = grown(this.#starts, capacity);
    this.#ends = grown(this.#ends, capacity);
  }
}

/** UTF-16 units of the character at `index`: 2 for a surrogate pair, else 1 (a lone surrogate is a character of its own). */
export function codePointWidth(text: string, index: number): 1 | 2 {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdbff) return 1;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1;
}

function grown(array: Int32Array, capacity: number): Int32Array {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
