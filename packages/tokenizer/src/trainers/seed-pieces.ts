import { compareCodePoints } from './compare-text.ts';
import { forEachRepeat } from './suffix-array.ts';

/** A candidate of the unigram trainer: its text and its log probability (nats). */
export interface Piece {
  readonly text: string;
  score: number;
}

/**
 * What unigram training starts with: every character by its count, then repeated substrings by count times length, each as a share of the sum.
 */
export function seedPieces(words: ReadonlyMap<string, number>, seedSize: number): Piece[] {
  const counts = new Map<string, number>();
  let numCharacters = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      numCharacters++;
    }
  }
  const characters = [...counts]
    .sort(([a, x], [b, y]) => y - x || compareCodePoints(b, a))
    .map(([text, score]): Piece => ({ text, score }));
  const pieces = characters.concat(mostFrequentRepeats(words, numCharacters, seedSize - characters.length));
  const logSum = Math.log(pieces.reduce((sum, piece) => sum + piece.score, 0));
  for (const piece of pieces) piece.score = Math.log(piece.score) - logSum;
  return pieces;
}

function mostFrequentRepeats(words: ReadonlyMap<string, number>, numCharacters: number, limit: number): Piece[] {
  const text = new Int32Array(numCharacters + words.size);
  let at = 0;
  for (const word of words.keys()) {
    for (const character of word) text[at++] = character.codePointAt(0) ?? 0;
    at++; // The 0 that separates words.
  }
  const starts: number[] = [];
  const lengths: number[] = [];
  const scores: number[] = [];
  forEachRepeat(text, (start, length, count) => {
    starts.push(start);
    lengths.push(length);
    scores.push(count * length);
  });
  const order = Int32Array.from(starts.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a);
  return Array.from(order.subarray(0, Math.max(0, limit)), (index) => {
    const start = starts[index] ?? 0;
    const characters = text.subarray(start, start + (lengths[index] ?? 0));
    return { text: String.fromCodePoint(...characters), score: scores[index] ?? 0 };
  });
}
