import { ShapeError } from '@cloze/core';
import { countMatches, countNgrams } from './n-grams.ts';
import { checkPaired } from './paired-lengths.ts';
import { tokenize13a } from './tokenize-13a.ts';

/** A BLEU score and what it is made of. */
export interface BleuScore {
  /** 0 ... 100. */
  readonly score: number;
  /** Of n-grams of 1 to 4 tokens, 0 ... 100, smoothed. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** In tokens. */
  readonly hypothesisLength: number;
  /** In tokens, of the references closest in length. */
  readonly referenceLength: number;
}

const MAX_ORDER = 4;

/**
 * BLEU of a corpus, equal to sacrebleu's defaults: 13a tokens, exponential smoothing, case matters.
 *
 * @param references for each hypothesis one or more.
 * @see Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation"; Chen and Cherry 2014, method 3, for the smoothing.
 * @throws {ShapeError} when the lengths differ or are 0, or a hypothesis has no reference.
 */
export function corpusBleu(hypotheses: readonly string[], references: readonly (readonly string[])[]): BleuScore {
  checkPaired('corpusBleu', hypotheses, references);
  const segments = hypotheses.map((hypothesis, index) => matchSegment(hypothesis, references[index] ?? []));
  return scoreOf(segments.reduce(addStatistics), MAX_ORDER);
}

/**
 * BLEU of one sentence, equal to sacrebleu's: as of a corpus, but n-grams longer than the hypothesis do not count (effective order).
 *
 * @throws {ShapeError} when there is no reference.
 */
export function sentenceBleu(hypothesis: string, references: readonly string[]): BleuScore {
  const statistics = matchSegment(hypothesis, references);
  return scoreOf(statistics, statistics.numNgrams.filter((count) => count > 0).length);
}

interface Statistics {
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  /** By order, from 1. */
  readonly numMatches: readonly number[];
  readonly numNgrams: readonly number[];
}

function matchSegment(hypothesis: string, references: readonly string[]): Statistics {
  if (references.length === 0)
    throw new ShapeError({ message: 'BLEU: every hypothesis must have a reference, got none.', hint: 'Pass one.' });
  const tokens = tokenize13a(hypothesis);
  const tokenized = references.map(tokenize13a);
  const orders = Array.from({ length: MAX_ORDER }, (_, index) => index + 1);
  return {
    hypothesisLength: tokens.length,
    referenceLength: closestLength(tokenized, tokens.length),
    numMatches: orders.map((order) => countMatches(countNgrams(tokens, order), mostOfEach(tokenized, order))),
    numNgrams: orders.map((order) => Math.max(0, tokens.length - order + 1)),
  };
}

/** Of two lengths that are equally close, the shorter one. */
function closestLength(references: readonly (readonly string[])[], length: number): number {
  const [closest = 0] = references
    .map((tokens) => tokens.length)
    .sort((a, b) => Math.abs(a - length) - Math.abs(b - length) || a - b);
  return closest;
}

function mostOfEach(references: readonly (readonly string[])[], order: number): Map<string, number> {
  const most = new Map<string, number>();
  for (const tokens of references)
    for (const [ngram, count] of countNgrams(tokens, order)) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
  return most;
}

function addStatistics(a: Statistics, b: Statistics): Statistics {
  const sum = (values: readonly number[], others: readonly number[]): number[] =>
    values.map((value, index) => value + (others[index] ?? 0));
  return {
    hypothesisLength: a.hypothesisLength + b.hypothesisLength,
    referenceLength: a.referenceLength + b.referenceLength,
    numMatches: sum(a.numMatches, b.numMatches),
    numNgrams: sum(a.numNgrams, b.numNgrams),
  };
}

function scoreOf({ hypothesisLength, referenceLength, numMatches, numNgrams }: Statistics, order: number): BleuScore {
  const isShort = hypothesisLength < referenceLength;
  // Of an empty hypothesis the exponent is minus infinity, and the penalty 0.
  const brevityPenalty = isShort ? Math.exp(1 - referenceLength / hypothesisLength) : 1;
  const hasMatches = numMatches.some((count) => count > 0);
  const precisions = hasMatches ? smoothed(numMatches, numNgrams) : numMatches.map(() => 0);
  const meanLog = precisions.slice(0, order).reduce((sum, precision) => sum + Math.log(precision), 0) / order;
  const score = hasMatches ? brevityPenalty * Math.exp(meanLog) : 0;
  return { score, precisions, brevityPenalty, hypothesisLength, referenceLength };
}

/** An order without matches counts as half a match, the next one as a quarter, and so on. */
function smoothed(numMatches: readonly number[], numNgrams: readonly number[]): number[] {
  let share = 1;
  return numMatches.map((matches, index) => {
    const total = numNgrams[index] ?? 0;
    if (total === 0) return 0;
    if (matches === 0) share /= 2;
    return (100 * (matches === 0 ? share : matches)) / total;
  });
}
