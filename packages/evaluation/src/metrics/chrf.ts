import { ShapeError } from '@cloze/core';
import { countMatches, countNgrams } from './n-grams.ts';
import { checkPaired } from './paired-lengths.ts';
import { wordsOf } from './words.ts';

const MAX_CHARACTER_ORDER = 6;
const BETA_SQUARED = 4;

/** Settings of {@link chrf}. */
export interface ChrfOptions {
  /** The longest n-grams of words that count besides those of characters: 0 is chrF, 2 is chrF++. Default: 0. */
  readonly wordOrder?: number;
}

/**
 * chrF of a corpus, 0 ... 100: the F-score of n-grams of 1 to 6 characters (code points) without white space, recall counting twice. Equal to
 * sacrebleu's chrF2, and with `wordOrder: 2` to its chrF2++. A corpus of one sentence gives the score of the sentence.
 *
 * @param references for each hypothesis one or more; the best one counts.
 * @see Popovic 2015, "chrF: character n-gram F-score for automatic MT evaluation"; 2017, "chrF++: words helping character n-grams".
 * @throws {ShapeError} when the lengths differ or are 0, or a hypothesis has no reference.
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { wordOrder = 0 }: ChrfOptions = {},
): number {
  checkPaired('chrf', hypotheses, references);
  const segments = hypotheses.map((hypothesis, index) => bestMatch(hypothesis, references[index] ?? [], wordOrder));
  return fScore(
    segments.reduce((sums, counts) =>
      sums.map((sum, order) => ({
        numHypothesis: sum.numHypothesis + (counts[order]?.numHypothesis ?? 0),
        numReference: sum.numReference + (counts[order]?.numReference ?? 0),
        numMatches: sum.numMatches + (counts[order]?.numMatches ?? 0),
      })),
    ),
  );
}

interface NgramCounts {
  readonly numHypothesis: number;
  readonly numReference: number;
  readonly numMatches: number;
}

function bestMatch(hypothesis: string, references: readonly string[], wordOrder: number): readonly NgramCounts[] {
  const ngrams = allNgrams(hypothesis, wordOrder);
  const matches = references.map((reference) =>
    allNgrams(reference, wordOrder).map((wanted, index) => compare(ngrams[index] ?? new Map(), wanted)),
  );
  const [first, ...others] = matches;
  if (first === undefined)
    throw new ShapeError({ message: 'chrf: every hypothesis must have a reference, got none.', hint: 'Pass one.' });
  return others.reduce((best, match) => (fScore(match) > fScore(best) ? match : best), first);
}

function allNgrams(text: string, wordOrder: number): Map<string, number>[] {
  const characters = Array.from(wordsOf(text).join(''));
  const words = wordsOf(text).flatMap(withoutPunctuation);
  return [
    ...Array.from({ length: MAX_CHARACTER_ORDER }, (_, index) => countNgrams(characters, index + 1, '')),
    ...Array.from({ length: wordOrder }, (_, index) => countNgrams(words, index + 1)),
  ];
}

/** One mark of punctuation at the end of a word stands alone, or else one at its begin. */
function withoutPunctuation(word: string): string[] {
  if (Array.from(word).length === 1) return [word];
  if (/[!-/:-@[-`{-~]$/.test(word)) return [word.slice(0, -1), word.slice(-1)];
  if (/^[!-/:-@[-`{-~]/.test(word)) return [word.slice(0, 1), word.slice(1)];
  return [word];
}

function compare(hypothesis: ReadonlyMap<string, number>, reference: ReadonlyMap<string, number>): NgramCounts {
  const size = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
  return {
    // An order that the reference is too short for does not count.
    numHypothesis: reference.size === 0 ? 0 : size(hypothesis),
    numReference: size(reference),
    numMatches: countMatches(hypothesis, reference),
  };
}

function fScore(counts: readonly NgramCounts[]): number {
  const effective = counts.filter(({ numHypothesis, numReference }) => numHypothesis > 0 && numReference > 0);
  const mean = (share: (counts: NgramCounts) => number): number =>
    effective.reduce((sum, order) => sum + share(order), 0) / effective.length;
  const precision = mean(({ numMatches, numHypothesis }) => numMatches / numHypothesis);
  const recall = mean(({ numMatches, numReference }) => numMatches / numReference);
  if (!(precision + recall > 0)) return 0;
  return (100 * (1 + BETA_SQUARED) * precision * recall) / (BETA_SQUARED * precision + recall);
}
