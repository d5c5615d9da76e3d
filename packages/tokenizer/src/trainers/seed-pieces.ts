import { compareCodePoints } from './compare-text.ts';
import { type CorpusText, textAt } from './corpus-text.ts';
import { forEachRepeat, sortSuffixes } from './suffix-array.ts';

/** A candidate of the unigram trainer: its text and its log probability (nats). */
export interface Piece {
  readonly text: string;
  score: number;
  /** Likelihood that the corpus would lose without it, as pruning has found; infinite for pieces that cannot be spelled otherwise. */
  readonly loss: number;
}

/** Pieces and where each of them stands: at the places order[lefts[id]] .. order[rights[id] - 1]. */
export interface Seeds {
  readonly pieces: Piece[];
  readonly order: Int32Array;
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  /** In characters. */
  readonly lengths: Uint8Array;
}

/**
 * What unigram training starts with: every character by its count, then repeated substrings by count times length, each as a share of the sum.
 */
export function seedPieces(text: CorpusText, seedSize: number): Seeds {
  const order = sortSuffixes(text.characters);
  const characters = characterRuns(text, order);
  const repeats = mostFrequentRepeats(text, order, seedSize - characters.length);
  const runs = characters.concat(repeats);
  const logSum = Math.log(runs.reduce((sum, { score }) => sum + score, 0));
  return {
    pieces: runs.map(({ left, length, score }) => ({
      text: textAt(text, order[left] ?? 0, length),
      score: Math.log(score) - logSum,
      loss: 0,
    })),
    order,
    lefts: Int32Array.from(runs, ({ left }) => left),
    rights: Int32Array.from(runs, ({ right }) => right),
    lengths: Uint8Array.from(runs, ({ length }) => length),
  };
}

/** All places of a substring in the sorted order. */
interface Run {
  readonly left: number;
  readonly right: number;
  readonly length: number;
  readonly score: number;
}

function characterRuns(text: CorpusText, order: Int32Array): Run[] {
  const counts = new Map<number, number>();
  for (const [word, count] of text.counts.entries()) {
    for (let at = text.begins[word] ?? 0; text.characters[at] !== 0; at++) {
      const character = text.characters[at] ?? 0;
      counts.set(character, (counts.get(character) ?? 0) + count);
    }
  }
  const runs: Run[] = [];
  for (let left = 0; left < order.length;) {
    const character = text.characters[order[left] ?? 0];
    let right = left + 1;
    while (right < order.length && text.characters[order[right] ?? 0] === character) right++;
    runs.push({ left, right, length: 1, score: counts.get(character ?? 0) ?? 0 });
    left = right;
  }
  const textOf = ({ left }: Run): string => textAt(text, order[left] ?? 0, 1);
  return runs.sort((a, b) => b.score - a.score || compareCodePoints(textOf(b), textOf(a)));
}

function mostFrequentRepeats({ characters }: CorpusText, order: Int32Array, limit: number): Run[] {
  const lefts: number[] = [];
  const rights: number[] = [];
  const lengths: number[] = [];
  forEachRepeat(characters, order, (left, right, length) => {
    lefts.push(left);
    rights.push(right);
    lengths.push(length);
  });
  const scores = Float64Array.from(lefts, (left, index) => ((rights[index] ?? 0) - left) * (lengths[index] ?? 0));
  const best = Int32Array.from(lefts.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a);
  return Array.from(best.subarray(0, Math.max(0, limit)), (index) => ({
    left: lefts[index] ?? 0,
    right: rights[index] ?? 0,
    length: lengths[index] ?? 0,
    score: scores[index] ?? 0,
  }));
}
