import { TokenizerError } from '../errors.ts';
import { corpusTextOf } from './corpus-text.ts';
import { LatticeCorpus, unknownScoreOf } from './lattice-corpus.ts';
import { type Piece, seedPieces } from './seed-pieces.ts';
import { throwIfAborted, type TrainerControls } from './trainer.ts';

/** What unigram training learns with; the defaults are those of the reference. */
export interface UnigramLearning {
  /** Pieces to end with. */
  readonly vocabSize: number;
  /** Share of the pieces that a round keeps. Default 0.75. */
  readonly shrinkingFactor?: number;
  /** Expectation-maximization steps per round. Default 2. */
  readonly numSubIterations?: number;
  /** Pieces to start with, at most. Default 1,000,000. */
  readonly seedSize?: number;
}

/** Pieces that are expected less often than this go. */
const LEAST_EXPECTED_COUNT = 0.5;

/**
 * Learns pieces and their log probabilities from counted words: expectation-maximization, then pruning of the pieces whose loss hurts the
 * likelihood least, until few enough are left. Sorted by score, the likeliest first.
 *
 * @throws {TokenizerError} `CANCELLED`; `USAGE` when vocabSize is smaller than the alphabet.
 * @see Kudo 2018, "Subword Regularization", section 3.2. <https://arxiv.org/abs/1804.10959>
 */
export function learnUnigram(
  words: ReadonlyMap<string, number>,
  { vocabSize, shrinkingFactor = 0.75, numSubIterations = 2, seedSize = 1_000_000 }: UnigramLearning,
  { onProgress, signal }: TrainerControls = {},
): Piece[] {
  onProgress?.({ phase: 'seed', done: 0 });
  const text = corpusTextOf(words);
  const seeds = seedPieces(text, seedSize);
  let { pieces } = seeds;
  const required = new Set<string>();
  for (const word of words.keys()) for (const character of word) required.add(character);
  if (required.size > vocabSize) {
    throw new TokenizerError('USAGE', `vocabSize must hold the ${required.size} characters of the corpus`, {
      actual: `${vocabSize}`,
    });
  }
  throwIfAborted(signal);
  const corpus = new LatticeCorpus(text, seeds);
  const wanted = Math.floor(vocabSize * 1.1);
  for (let round = 1; ; round++) {
    for (let step = 0; step < numSubIterations; step++) {
      pieces = maximize(pieces, corpus);
      throwIfAborted(signal);
    }
    onProgress?.({ phase: 'expectation-maximization', done: round });
    if (pieces.length <= wanted) break;
    pieces = prune(pieces, corpus, Math.max(wanted, Math.floor(pieces.length * shrinkingFactor)));
  }
  return finish(pieces, [...required], vocabSize);
}

/** One step of expectation-maximization, the Bayesian variant: digamma in place of the logarithm makes rare pieces rarer. */
function maximize(pieces: readonly Piece[], corpus: LatticeCorpus): Piece[] {
  const { counts } = corpus.expect(scoresOf(pieces));
  const kept: number[] = [];
  let sum = 0;
  for (const [id, count] of counts.entries()) {
    if (count < LEAST_EXPECTED_COUNT) continue;
    kept.push(id);
    sum += count;
  }
  corpus.keep(kept, pieces.length);
  const logSum = digamma(sum);
  return kept.flatMap((id) => {
    const piece = pieces[id];
    return piece === undefined ? [] : { ...piece, score: digamma(counts[id] ?? 0) - logSum };
  });
}

interface Candidate {
  readonly id: number;
  /** Likelihood that the corpus would lose without it. */
  readonly loss: number;
}

/** Keeps the pieces that have no alternative, and of the others those whose loss would cost the most likelihood, `size` in all. */
function prune(pieces: readonly Piece[], corpus: LatticeCorpus, size: number): Piece[] {
  const scores = scoresOf(pieces);
  // One more, for characters that are no pieces any more.
  const uses = new Float64Array(pieces.length + 1);
  corpus.segment(scores, (piece, count) => {
    uses[piece] = (uses[piece] ?? 0) + count;
  });
  const sum = uses.reduce((total, count) => total + count, 0);
  const logSum = Math.log(sum);
  const { numWords } = corpus;
  const kept: Candidate[] = [];
  const candidates: Candidate[] = [];
  const unknownScore = unknownScoreOf(scores);
  for (const [id, count] of uses.subarray(0, pieces.length).entries()) {
    const { isBest, alternative } = corpus.secondBest(id, scores, unknownScore);
    if (count === 0 && !isBest) continue;
    if (alternative.length === 0) {
      kept.push({ id, loss: Infinity });
    } else if (count > 0) {
      // The number of all pieces, not of the alternative's, as in SentencePiece and in the reference: it favours frequent pieces.
      const logSumAlternative = Math.log(sum + count * (pieces.length - 1));
      const alternativeScore = alternative.reduce(
        (total, other) => total + Math.log((uses[other] ?? 0) + count) - logSumAlternative,
        0,
      );
      candidates.push({ id, loss: (count / numWords) * (Math.log(count) - logSum - alternativeScore) });
    }
  }
  candidates.sort((a, b) => b.loss - a.loss || a.id - b.id);
  const best = kept.concat(candidates.slice(0, Math.max(0, size - kept.length))).sort((a, b) => a.id - b.id);
  corpus.keep(
    best.map(({ id }) => id),
    pieces.length,
  );
  return best.flatMap(({ id, loss }) => {
    const piece = pieces[id];
    return piece === undefined ? [] : { ...piece, loss };
  });
}

/** Every character of the corpus, then the best pieces, `vocabSize` in all. */
function finish(pieces: readonly Piece[], required: readonly string[], vocabSize: number): Piece[] {
  const known = new Map(pieces.map((piece) => [piece.text, piece]));
  const least = pieces.reduce((score, piece) => Math.min(score, piece.score), 0);
  let numMissing = 0;
  const result = required.map(
    (text) => known.get(text) ?? { text, score: least + 0.0001 * numMissing++, loss: Infinity },
  );
  const taken = new Set(required);
  for (const piece of pieces.toSorted((a, b) => b.loss - a.loss)) {
    if (result.length >= vocabSize) break;
    if (!taken.has(piece.text)) result.push(piece);
  }
  return result.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
}

function scoresOf(pieces: readonly Piece[]): Float64Array {
  return Float64Array.from(pieces, (piece) => piece.score);
}

/** The logarithmic derivative of the gamma function, by its asymptotic series after shifting the argument above 7. */
function digamma(argument: number): number {
  let x = argument;
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  x -= 0.5;
  const inverseSquare = 1 / (x * x);
  const series = 1 / 24 - inverseSquare * (7 / 960 - inverseSquare * (31 / 8064 - (inverseSquare * 127) / 30720));
  return result + Math.log(x) + inverseSquare * series;
}
