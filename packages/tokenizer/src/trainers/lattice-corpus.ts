import type { CorpusText } from './corpus-text.ts';
import type { Seeds } from './seed-pieces.ts';

/** What the expectation step finds. */
export interface Expectation {
  /** Expected number of uses of every piece. */
  readonly counts: Float64Array;
  /** Log likelihood of the corpus, nats. */
  readonly logLikelihood: number;
}

/** How a piece would be spelled without itself. */
export interface SecondBest {
  /** Whether the piece itself is its best segmentation. */
  readonly isBest: boolean;
  /** The best segmentation into two or more pieces, when the piece itself is the best; empty when there is none. */
  readonly alternative: readonly number[];
}

/** What a character that is no piece any more costs beyond the least likely piece, in nats. */
const UNKNOWN_PENALTY = 10;

/** Stands for the edge of such a character. */
const UNKNOWN_EDGE = -2;

/** Sums of probabilities in between are exact enough; others are summed in logarithms. */
const SMALLEST_SUM = 1e-250;
const LARGEST_SUM = 1e250;

/**
 * The words of a corpus and, for each place in them, all pieces that begin there: the lattices of all segmentations, found once and thinned out as pieces
 * go. Where a character is no piece any more, one without a name stands in for it; its id is the number of pieces.
 *
 * @see Kudo 2018, "Subword Regularization", section 3.2. <https://arxiv.org/abs/1804.10959>
 */
export class LatticeCorpus {
  readonly #text: CorpusText;
  /** Where the edges of each place begin; one more entry at the end. */
  readonly #begins: Int32Array;
  readonly #edgeLengths: Uint8Array;
  readonly #edgePieces: Int32Array;
  /** Of each piece: its length in characters, and a place where it stands. */
  readonly #lengths: Uint8Array;
  readonly #places: Int32Array;
  readonly #alpha: Float64Array;
  readonly #beta: Float64Array;
  readonly #back: Int32Array;
  /** About how unlikely a character is, as the last expectation found. */
  #natsPerCharacter = 2;

  constructor(text: CorpusText, seeds: Seeds) {
    const { order, lefts, lengths } = seeds;
    this.#text = text;
    this.#lengths = lengths.slice();
    this.#places = lefts.map((left) => order[left] ?? 0);
    const numPlaces = text.characters.length;
    const begins = new Int32Array(numPlaces + 1);
    forEachPlace(seeds, (place) => {
      begins[place + 1] = (begins[place + 1] ?? 0) + 1;
    });
    for (let place = 0; place < numPlaces; place++) begins[place + 1] = (begins[place + 1] ?? 0) + (begins[place] ?? 0);
    this.#begins = begins;
    this.#edgeLengths = new Uint8Array(begins[numPlaces] ?? 0);
    this.#edgePieces = new Int32Array(begins[numPlaces] ?? 0);
    const free = begins.slice();
    forEachPlace(seeds, (place, id) => {
      const edge = free[place] ?? 0;
      free[place] = edge + 1;
      this.#edgeLengths[edge] = lengths[id] ?? 0;
      this.#edgePieces[edge] = id;
    });
    let longest = 0;
    for (const [word, begin] of text.begins.entries())
      longest = Math.max(longest, (text.begins[word + 1] ?? 0) - begin);
    this.#alpha = new Float64Array(longest + 1);
    this.#beta = new Float64Array(longest + 1);
    this.#back = new Int32Array(longest + 1);
  }

  /** How many words the corpus has, repeated ones included. */
  get numWords(): number {
    return this.#text.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Takes out the other pieces. @param kept Ids in ascending order, which become 0, 1, 2, ... */
  keep(kept: readonly number[], numPieces: number): void {
    const newIds = new Int32Array(numPieces).fill(-1);
    for (const [id, old] of kept.entries()) {
      newIds[old] = id;
      this.#lengths[id] = this.#lengths[old] ?? 0;
      this.#places[id] = this.#places[old] ?? 0;
    }
    const [begins, lengths, pieces] = [this.#begins, this.#edgeLengths, this.#edgePieces];
    let out = 0;
    let edge = 0;
    for (let place = 1; place < begins.length; place++) {
      const end = begins[place] ?? 0;
      for (; edge < end; edge++) {
        const piece = newIds[pieces[edge] ?? 0] ?? -1;
        if (piece === -1) continue;
        lengths[out] = lengths[edge] ?? 0;
        pieces[out++] = piece;
      }
      begins[place] = out;
    }
  }

  /**
   * Expected uses of every piece over all segmentations of all words: forward-backward.
   *
   * In probabilities, not in their logarithms, which would cost an exponential and a logarithm for each piece. So that long words do not vanish, each piece is
   * made more likely by the average unlikelihood of as many characters; that cancels out of the expectations.
   */
  expect(scores: Float64Array): Expectation {
    const nats = this.#natsPerCharacter;
    const unknownScore = unknownScoreOf(scores);
    const weights = scores.map((score, piece) => Math.exp(score + nats * (this.#lengths[piece] ?? 0)));
    const unknownWeight = Math.exp(unknownScore + nats);
    const counts = new Float64Array(scores.length);
    let logLikelihood = 0;
    let numCharacters = 0;
    for (const [word, count] of this.#text.counts.entries()) {
      const length = this.#lengthOf(word);
      const total = this.#forward(word, weights, unknownWeight);
      if (total > SMALLEST_SUM && total < LARGEST_SUM) {
        this.#backward(word, { weights, unknownWeight, share: count / total }, counts);
        logLikelihood += count * (Math.log(total) - nats * length);
      } else {
        logLikelihood += count * this.#expectInLogarithms(word, scores, unknownScore, counts);
      }
      numCharacters += count * length;
    }
    if (numCharacters > 0) this.#natsPerCharacter = -logLikelihood / numCharacters;
    return { counts, logLikelihood };
  }

  /** Calls back for every piece of the best segmentation of every word. */
  segment(scores: Float64Array, used: (piece: number, count: number) => void): void {
    const unknownScore = unknownScoreOf(scores);
    for (const [word, count] of this.#text.counts.entries()) {
      const length = this.#lengthOf(word);
      this.#findBest(this.#text.begins[word] ?? 0, length, { scores, unknownScore, without: -1 });
      for (let at = length; at > 0; at -= this.#lengthBefore(at)) used(this.#pieceBefore(at, scores.length), count);
    }
  }

  /** Compares a piece with its best segmentation into other pieces, by Viterbi. */
  secondBest(id: number, scores: Float64Array, unknownScore: number): SecondBest {
    const length = this.#lengths[id] ?? 0;
    const others = this.#findBest(this.#places[id] ?? 0, length, { scores, unknownScore, without: id });
    if (others === -Infinity) return { isBest: true, alternative: [] };
    if (others > (scores[id] ?? 0)) return { isBest: false, alternative: [] };
    const alternative: number[] = [];
    for (let at = length; at > 0; at -= this.#lengthBefore(at)) alternative.push(this.#pieceBefore(at, scores.length));
    return { isBest: true, alternative: alternative.reverse() };
  }

  #lengthOf(word: number): number {
    return (this.#text.begins[word + 1] ?? 0) - (this.#text.begins[word] ?? 0) - 1;
  }

  /** Fills `#back` with the last edges of the best ways to each place of a stretch; returns the score of the whole. */
  #findBest(begin: number, length: number, { scores, unknownScore, without }: Search): number {
    const [best, back, begins] = [this.#alpha, this.#back, this.#begins];
    best.fill(-Infinity, 0, length + 1);
    back.fill(-1, 0, length + 1);
    best[0] = 0;
    for (let at = 0; at < length; at++) {
      const here = best[at] ?? -Infinity;
      const first = begins[begin + at] ?? 0;
      const last = begins[begin + at + 1] ?? 0;
      if ((first === last || this.#edgeLengths[first] !== 1) && here + unknownScore > (best[at + 1] ?? 0)) {
        best[at + 1] = here + unknownScore;
        back[at + 1] = UNKNOWN_EDGE;
      }
      for (let edge = first; edge < last; edge++) {
        const end = at + (this.#edgeLengths[edge] ?? 0);
        if (end > length) break;
        const piece = this.#edgePieces[edge] ?? 0;
        const score = here + (scores[piece] ?? 0);
        if (score <= (best[end] ?? 0) || piece === without) continue;
        best[end] = score;
        back[end] = edge;
      }
    }
    return best[length] ?? -Infinity;
  }

  /** Length and id of the last piece of the best way to a place. */
  #lengthBefore(at: number): number {
    const edge = this.#back[at] ?? UNKNOWN_EDGE;
    return edge === UNKNOWN_EDGE ? 1 : (this.#edgeLengths[edge] ?? 1);
  }

  #pieceBefore(at: number, unknownId: number): number {
    const edge = this.#back[at] ?? UNKNOWN_EDGE;
    return edge === UNKNOWN_EDGE ? unknownId : (this.#edgePieces[edge] ?? 0);
  }

  /** Fills alpha and returns its last sum. */
  #forward(word: number, weights: Float64Array, unknownWeight: number): number {
    const length = this.#lengthOf(word);
    const begin = this.#text.begins[word] ?? 0;
    const [alpha, begins, lengths, pieces] = [this.#alpha, this.#begins, this.#edgeLengths, this.#edgePieces];
    alpha.fill(0, 0, length + 1);
    alpha[0] = 1;
    let edge = begins[begin] ?? 0;
    for (let at = 0; at < length; at++) {
      const here = alpha[at] ?? 0;
      const last = begins[begin + at + 1] ?? 0;
      if (edge === last || lengths[edge] !== 1) alpha[at + 1] = (alpha[at + 1] ?? 0) + here * unknownWeight;
      for (; edge < last; edge++) {
        const end = at + (lengths[edge] ?? 0);
        alpha[end] = (alpha[end] ?? 0) + here * (weights[pieces[edge] ?? 0] ?? 0);
      }
    }
    return alpha[length] ?? 0;
  }

  /** Adds the expected uses, alpha being filled. */
  #backward(word: number, { weights, unknownWeight, share }: Shares, counts: Float64Array): void {
    const length = this.#lengthOf(word);
    const begin = this.#text.begins[word] ?? 0;
    const [alpha, beta, begins] = [this.#alpha, this.#beta, this.#begins];
    const [lengths, pieces] = [this.#edgeLengths, this.#edgePieces];
    beta[length] = share;
    for (let at = length - 1; at >= 0; at--) {
      const here = alpha[at] ?? 0;
      const last = begins[begin + at + 1] ?? 0;
      const first = begins[begin + at] ?? 0;
      let sum = first === last || lengths[first] !== 1 ? (beta[at + 1] ?? 0) * unknownWeight : 0;
      for (let edge = first; edge < last; edge++) {
        const piece = pieces[edge] ?? 0;
        const after = (beta[at + (lengths[edge] ?? 0)] ?? 0) * (weights[piece] ?? 0);
        sum += after;
        counts[piece] = (counts[piece] ?? 0) + here * after;
      }
      beta[at] = sum;
    }
  }

  /** The same for a word whose probability a double cannot hold. @returns its logarithm. */
  #expectInLogarithms(word: number, scores: Float64Array, unknownScore: number, counts: Float64Array): number {
    const length = this.#lengthOf(word);
    const begin = this.#text.begins[word] ?? 0;
    const [alpha, beta] = [this.#alpha.fill(-Infinity, 0, length + 1), this.#beta.fill(-Infinity, 0, length + 1)];
    const scoreOf = (piece: number): number => scores[piece] ?? unknownScore;
    const forEachEdge = (at: number, visit: (end: number, piece: number) => void): void => {
      const [first, last] = [this.#begins[begin + at] ?? 0, this.#begins[begin + at + 1] ?? 0];
      if (first === last || this.#edgeLengths[first] !== 1) visit(at + 1, scores.length);
      for (let edge = first; edge < last; edge++)
        visit(at + (this.#edgeLengths[edge] ?? 0), this.#edgePieces[edge] ?? 0);
    };
    alpha[0] = 0;
    for (let at = 0; at < length; at++) {
      forEachEdge(at, (end, piece) => {
        alpha[end] = logAdd(alpha[end] ?? 0, (alpha[at] ?? 0) + scoreOf(piece));
      });
    }
    const total = alpha[length] ?? -Infinity;
    beta[length] = 0;
    for (let at = length - 1; at >= 0; at--) {
      forEachEdge(at, (end, piece) => {
        const after = (beta[end] ?? 0) + scoreOf(piece);
        beta[at] = logAdd(beta[at] ?? 0, after);
        if (piece === scores.length) return;
        const uses = (this.#text.counts[word] ?? 0) * Math.exp((alpha[at] ?? 0) + after - total);
        counts[piece] = (counts[piece] ?? 0) + uses;
      });
    }
    return total;
  }
}

/** What the best way is looked for with. */
interface Search {
  readonly scores: Float64Array;
  readonly unknownScore: number;
  /** A piece that does not count, or -1. */
  readonly without: number;
}

/** What the uses of a word are shared out with. */
interface Shares {
  readonly weights: Float64Array;
  readonly unknownWeight: number;
  /** Occurrences of the word over its probability. */
  readonly share: number;
}

/** The score of a character that is no piece any more. */
export function unknownScoreOf(scores: Float64Array): number {
  return scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
}

/** Calls back for every place of every piece, short pieces first. */
function forEachPlace({ order, lefts, rights, lengths }: Seeds, found: (place: number, id: number) => void): void {
  const ids = Int32Array.from(lengths.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  for (const id of ids) {
    const right = rights[id] ?? 0;
    for (let at = lefts[id] ?? 0; at < right; at++) found(order[at] ?? 0, id);
  }
}

/** log(exp(a) + exp(b)). */
function logAdd(a: number, b: number): number {
  if (b === -Infinity) return a;
  if (a === -Infinity) return b;
  const difference = a > b ? b - a : a - b;
  const larger = a > b ? a : b;
  return difference < -40 ? larger : larger + Math.log1p(Math.exp(difference));
}
