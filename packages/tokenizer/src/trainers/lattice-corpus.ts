import { Trie } from '../models/trie.ts';
import { codePointWidth } from '../normalized-string.ts';

/** What the expectation step finds. */
export interface Expectation {
  /** Expected number of uses of every piece. */
  readonly counts: Float64Array;
  /** Log likelihood of the corpus, nats. */
  readonly logLikelihood: number;
}

/**
 * The words of a corpus and, for each, all pieces that can stand in it and where: the lattices of all segmentations, found once and thinned out
 * as pieces go.
 *
 * @see Kudo 2018, "Subword Regularization", section 3.2. <https://arxiv.org/abs/1804.10959>
 */
export class LatticeCorpus {
  readonly #counts: Float64Array;
  readonly #lengths: Int32Array;
  /** Where the edges of each word begin; one more entry at the end. */
  #edgeBegins: Int32Array;
  #edgeStarts: Int32Array;
  #edgeEnds: Int32Array;
  #edgePieces: Int32Array;
  readonly #alpha: Float64Array;
  readonly #beta: Float64Array;
  readonly #back: Int32Array;

  constructor(words: ReadonlyMap<string, number>, pieces: readonly string[]) {
    this.#counts = Float64Array.from(words.values());
    this.#lengths = Int32Array.from(words.keys(), (word) => word.length);
    const longest = this.#lengths.reduce((most, length) => Math.max(most, length), 0);
    this.#alpha = new Float64Array(longest + 1);
    this.#beta = new Float64Array(longest + 1);
    this.#back = new Int32Array(longest + 1);
    this.#edgeBegins = new Int32Array(this.#lengths.length + 1);
    const trie = new Trie(pieces.map((piece, id) => [piece, id] as const));
    const edges = new EdgeList();
    let word = 0;
    for (const text of words.keys()) {
      for (let start = 0; start < text.length; start += codePointWidth(text, start)) {
        let end = start + 1;
        for (
          let node = trie.first(text.charCodeAt(start));
          node !== -1;
          node = end < text.length ? trie.next(node, text.charCodeAt(end++)) : -1
        ) {
          const piece = trie.valueAt(node);
          if (piece !== -1) edges.push(start, end, piece);
        }
      }
      this.#edgeBegins[++word] = edges.length;
    }
    this.#edgeStarts = edges.starts;
    this.#edgeEnds = edges.ends;
    this.#edgePieces = edges.pieces;
  }

  /** Takes out pieces; the others get new ids. @param newIds By old id, -1 = gone. */
  renumber(newIds: Int32Array): void {
    let out = 0;
    let edge = 0;
    for (let word = 0; word < this.#lengths.length; word++) {
      const end = this.#edgeBegins[word + 1] ?? 0;
      for (; edge < end; edge++) {
        const piece = newIds[this.#edgePieces[edge] ?? 0] ?? -1;
        if (piece === -1) continue;
        this.#edgeStarts[out] = this.#edgeStarts[edge] ?? 0;
        this.#edgeEnds[out] = this.#edgeEnds[edge] ?? 0;
        this.#edgePieces[out++] = piece;
      }
      this.#edgeBegins[word + 1] = out;
    }
  }

  /** Expected uses of every piece over all segmentations of all words: forward-backward. */
  expect(scores: Float64Array): Expectation {
    const counts = new Float64Array(scores.length);
    let logLikelihood = 0;
    for (let word = 0; word < this.#lengths.length; word++) {
      const length = this.#lengths[word] ?? 0;
      const begin = this.#edgeBegins[word] ?? 0;
      const end = this.#edgeBegins[word + 1] ?? 0;
      const total = this.#forward(begin, end, length, scores);
      if (total === -Infinity) continue;
      const count = this.#counts[word] ?? 0;
      logLikelihood += count * total;
      const beta = this.#beta.fill(-Infinity, 0, length + 1);
      beta[length] = 0;
      for (let edge = end - 1; edge >= begin; edge--) {
        const piece = this.#edgePieces[edge] ?? 0;
        const start = this.#edgeStarts[edge] ?? 0;
        const after = (beta[this.#edgeEnds[edge] ?? 0] ?? 0) + (scores[piece] ?? 0);
        if (after === -Infinity) continue;
        beta[start] = logAdd(beta[start] ?? 0, after);
        counts[piece] = (counts[piece] ?? 0) + count * Math.exp((this.#alpha[start] ?? 0) + after - total);
      }
    }
    return { counts, logLikelihood };
  }

  /** Calls back for every piece of the best segmentation of every word. */
  segment(scores: Float64Array, used: (piece: number, count: number) => void): void {
    const best = this.#alpha;
    const back = this.#back;
    for (let word = 0; word < this.#lengths.length; word++) {
      const length = this.#lengths[word] ?? 0;
      best.fill(-Infinity, 0, length + 1);
      back.fill(-1, 0, length + 1);
      best[0] = 0;
      for (let edge = this.#edgeBegins[word] ?? 0; edge < (this.#edgeBegins[word + 1] ?? 0); edge++) {
        const end = this.#edgeEnds[edge] ?? 0;
        const score = (best[this.#edgeStarts[edge] ?? 0] ?? 0) + (scores[this.#edgePieces[edge] ?? 0] ?? 0);
        if (score > (best[end] ?? 0)) {
          best[end] = score;
          back[end] = edge;
        }
      }
      for (let at = length; at > 0;) {
        const edge = back[at] ?? -1;
        if (edge === -1) break;
        used(this.#edgePieces[edge] ?? 0, this.#counts[word] ?? 0);
        at = this.#edgeStarts[edge] ?? 0;
      }
    }
  }

  get numWords(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Fills alpha; edges come in the order of their starts, so every start is final when it is used. */
  #forward(begin: number, end: number, length: number, scores: Float64Array): number {
    const alpha = this.#alpha.fill(-Infinity, 0, length + 1);
    alpha[0] = 0;
    for (let edge = begin; edge < end; edge++) {
      const target = this.#edgeEnds[edge] ?? 0;
      const score = (alpha[this.#edgeStarts[edge] ?? 0] ?? 0) + (scores[this.#edgePieces[edge] ?? 0] ?? 0);
      if (score !== -Infinity) alpha[target] = logAdd(alpha[target] ?? 0, score);
    }
    return alpha[length] ?? -Infinity;
  }
}

/** log(exp(a) + exp(b)). */
function logAdd(a: number, b: number): number {
  if (a === -Infinity) return b;
  const difference = a > b ? b - a : a - b;
  const larger = a > b ? a : b;
  return difference < -40 ? larger : larger + Math.log1p(Math.exp(difference));
}

class EdgeList {
  starts: Int32Array = new Int32Array(1 << 16);
  ends: Int32Array = new Int32Array(1 << 16);
  pieces: Int32Array = new Int32Array(1 << 16);
  length = 0;

  push(start: number, end: number, piece: number): void {
    if (this.length === this.starts.length) {
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
      this.pieces = doubled(this.pieces);
    }
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.pieces[this.length++] = piece;
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
