import { ShapeError } from '@cloze/core';
import { countMatches, countNgrams } from './n-grams.ts';
import { wordsOf } from './words.ts';

const PUNCTUATION = /[!-/:-@[-`{-~]/g;
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** An answer as SQuAD compares it: lower case, without punctuation of ASCII, articles and superfluous white space. */
export function normalizeAnswer(answer: string): string {
  const plain = answer.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ');
  return wordsOf(plain).join(' ');
}

/**
 * 1 if an answer equals one of the references after normalization, otherwise 0.
 *
 * @see Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text", section 6.1.
 * @throws {ShapeError} when there is no reference.
 */
export function exactMatch(answer: string, references: readonly string[]): number {
  return bestOf(references, (reference) => Number(normalizeAnswer(answer) === normalizeAnswer(reference)));
}

/**
 * The F1 of the words of an answer, best over the references. Where either has no words, both must have none, as in SQuAD 2.0.
 *
 * @throws {ShapeError} when there is no reference.
 */
export function spanF1(answer: string, references: readonly string[]): number {
  return bestOf(references, (reference) => wordF1(normalizeAnswer(answer), normalizeAnswer(reference)));
}

function wordF1(answer: string, reference: string): number {
  const [predicted, wanted] = [wordsOf(answer), wordsOf(reference)];
  if (predicted.length === 0 || wanted.length === 0) return Number(predicted.length === wanted.length);
  const numCommon = countMatches(countNgrams(predicted, 1), countNgrams(wanted, 1));
  return (2 * numCommon) / (predicted.length + wanted.length);
}

function bestOf(references: readonly string[], score: (reference: string) => number): number {
  if (references.length > 0) return Math.max(...references.map(score));
  throw new ShapeError({
    message: 'There must be at least one reference answer, got none.',
    hint: "For a question without an answer pass [''].",
  });
}
