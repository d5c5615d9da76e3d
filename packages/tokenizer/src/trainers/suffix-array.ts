/**
 * The repeated substrings of a text of whole numbers that branch: followed by different characters in different places, so that none is part of a longer
 * one with the same occurrences. Substrings are compared up to 16 characters. The end of a sentence is a character like any other here, as in the
 * reference: what only ever ends sentences does not branch and is not found.
 *
 * @param text Characters; 0 separates sentences.
 * @param found Called with where one occurrence begins, its length (2..16) and the number of occurrences.
 */
export function forEachRepeat(text: Int32Array, found: (start: number, length: number, count: number) => void): void {
  const order = sortSuffixes(text);
  // Intervals of neighbouring suffixes with a common prefix, innermost last.
  const lengths: number[] = [];
  const lefts: number[] = [];
  for (let at = 1; at <= order.length; at++) {
    const common = at < order.length ? commonPrefix(text, order[at - 1] ?? 0, order[at] ?? 0) : 0;
    let left = at - 1;
    while (lengths.length > 0 && (lengths.at(-1) ?? 0) > common) {
      left = lefts.pop() ?? 0;
      const length = lengths.pop() ?? 0;
      const start = order[left] ?? 0;
      if (length >= 2 && !text.subarray(start, start + length).includes(0)) found(start, length, at - left);
    }
    if (common > 0 && (lengths.at(-1) ?? 0) < common) {
      lengths.push(common);
      lefts.push(left);
    }
  }
}

/** Longest piece that is compared. */
const DEPTH = 16;

function commonPrefix(text: Int32Array, a: number, b: number): number {
  let length = 0;
  while (length < DEPTH && text[a + length] === text[b + length]) length++;
  return length;
}

/** Positions sorted by the 16 characters that begin there: prefix doubling with counting sorts. */
function sortSuffixes(text: Int32Array): Int32Array {
  const { length } = text;
  let ranks = denseRanks(text);
  let order = countingSort(
    Int32Array.from({ length }, (_, at) => at),
    ranks,
  );
  for (let width = 1; width < DEPTH; width *= 2) {
    const second = new Int32Array(length);
    for (let at = 0; at + width < length; at++) second[at] = (ranks[at + width] ?? 0) + 1;
    order = countingSort(countingSort(order, second), ranks);
    const next = new Int32Array(length);
    for (let at = 1; at < length; at++) {
      const here = order[at] ?? 0;
      const before = order[at - 1] ?? 0;
      const isSame = ranks[here] === ranks[before] && second[here] === second[before];
      next[here] = (next[before] ?? 0) + (isSame ? 0 : 1);
    }
    ranks = next;
  }
  return order;
}

function denseRanks(text: Int32Array): Int32Array {
  const distinct = Int32Array.from(new Set(text)).sort();
  const rankOf = new Map<number, number>();
  for (const [rank, character] of distinct.entries()) rankOf.set(character, rank);
  return text.map((character) => rankOf.get(character) ?? 0);
}

function countingSort(order: Int32Array, keys: Int32Array): Int32Array {
  let most = 0;
  for (const key of keys) if (key > most) most = key;
  const begins = new Int32Array(most + 2);
  for (const key of keys) begins[key + 1] = (begins[key + 1] ?? 0) + 1;
  for (let key = 1; key < begins.length; key++) begins[key] = (begins[key] ?? 0) + (begins[key - 1] ?? 0);
  const sorted = new Int32Array(order.length);
  for (const position of order) {
    const key = keys[position] ?? 0;
    const at = begins[key] ?? 0;
    begins[key] = at + 1;
    sorted[at] = position;
  }
  return sorted;
}
