/** Longest substring that is of interest, in characters; what is longer is told apart from it and no further. */
const LONGEST = 16;
const DEPTH: number = LONGEST + 1;

/** Shorter stretches are sorted by insertion. */
const SHORT = 12;

/**
 * The repeated substrings of a text of whole numbers that branch: followed by different characters in different places, so that none is part of a longer
 * one with the same occurrences. The end of a word is a character like any other here, as in the reference: what only ever ends words does not branch and is
 * not found.
 *
 * @param text Characters; 0 ends words.
 * @param order Of `sortSuffixes`.
 * @param found Called with the stretch of `order` that holds all occurrences, [left, right), and the length, 2..16.
 */
export function forEachRepeat(
  text: Int32Array,
  order: Int32Array,
  found: (left: number, right: number, length: number) => void,
): void {
  // Intervals of neighbouring suffixes with a common prefix, innermost last.
  const lengths: number[] = [];
  const lefts: number[] = [];
  for (let at = 1; at <= order.length; at++) {
    const common = at < order.length ? commonPrefix(text, order[at - 1] ?? 0, order[at] ?? 0) : 0;
    let left = at - 1;
    while (lengths.length > 0 && (lengths.at(-1) ?? 0) > common) {
      left = lefts.pop() ?? 0;
      const length = lengths.pop() ?? 0;
      const last = (order[left] ?? 0) + length - 1;
      if (length >= 2 && length <= LONGEST && text[last] !== 0) found(left, at, length);
    }
    if (common > 0 && (lengths.at(-1) ?? 0) < common) {
      lengths.push(common);
      lefts.push(left);
    }
  }
}

/** Characters that two suffixes have in common, up to the end of a word. */
function commonPrefix(text: Int32Array, a: number, b: number): number {
  let length = 0;
  while (length < DEPTH) {
    const character = text[a + length];
    if (character !== text[b + length]) return length;
    length++;
    if (character === 0) return length;
  }
  return length;
}

/**
 * Positions of characters, sorted by the characters that begin there, up to the end of the word and to `DEPTH` of them: multikey quicksort.
 *
 * @see Bentley and Sedgewick 1997, "Fast algorithms for sorting and searching strings", section 3.
 */
export function sortSuffixes(text: Int32Array): Int32Array {
  const order = text.map((_, at) => at).filter((at) => text[at] !== 0);
  // Stretches that are still to be sorted, from a depth on: [low, high, depth].
  const stack = [0, order.length, 0];
  while (stack.length > 0) {
    const depth = stack.pop() ?? 0;
    const high = stack.pop() ?? 0;
    const low = stack.pop() ?? 0;
    if (high - low <= SHORT) {
      sortShort(text, order, low, high, depth);
      continue;
    }
    const pivot = pivotOf(text, order, low, high, depth);
    let less = low;
    let more = high;
    for (let at = low; at < more;) {
      const position = order[at] ?? 0;
      const character = text[position + depth] ?? 0;
      if (character < pivot) {
        order[at++] = order[less] ?? 0;
        order[less++] = position;
      } else if (character > pivot) {
        order[at] = order[--more] ?? 0;
        order[more] = position;
      } else {
        at++;
      }
    }
    stack.push(low, less, depth, more, high, depth);
    if (pivot !== 0 && depth + 1 < DEPTH) stack.push(less, more, depth + 1);
  }
  return order;
}

function sortShort(text: Int32Array, order: Int32Array, low: number, high: number, depth: number): void {
  for (let at = low + 1; at < high; at++) {
    const position = order[at] ?? 0;
    let to = at;
    for (; to > low && isBefore(text, position, order[to - 1] ?? 0, depth); to--) order[to] = order[to - 1] ?? 0;
    order[to] = position;
  }
}

function isBefore(text: Int32Array, a: number, b: number, depth: number): boolean {
  for (let at = depth; at < DEPTH; at++) {
    const character = text[a + at] ?? 0;
    const other = text[b + at] ?? 0;
    if (character !== other) return character < other;
    if (character === 0) return false;
  }
  return false;
}

/** The middle one of three characters. */
function pivotOf(text: Int32Array, order: Int32Array, low: number, high: number, depth: number): number {
  const a = text[(order[low] ?? 0) + depth] ?? 0;
  const b = text[(order[(low + high) >> 1] ?? 0) + depth] ?? 0;
  const c = text[(order[high - 1] ?? 0) + depth] ?? 0;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
