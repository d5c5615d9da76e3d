import type { RandomKey } from '@cloze/core';
import { checkRatio, shareOf, type Noise } from './noise.ts';
import type { Substitutes } from './substitutes.ts';
import { insertTokens } from './token-insertion.ts';

/** What all noises that hide words have in common. */
export interface WordMaskingOptions {
  /** The share of the words that are hidden. */
  readonly ratio: number;
  /** Tells the tokens that begin a word; a word reaches to the next one. Default: every token is a word. */
  readonly isWordStart?: (id: number) => boolean;
}

/** How {@link wordMasking} hides words. */
export interface WordMaskingMethod {
  /** The noise, as named in errors. */
  readonly name: string;
  readonly substitutes: Substitutes;
  /** The lengths of the spans, in words, that sum up to a budget; for each 0 a substitute is inserted. Default: 1 each. */
  readonly spanLengths?: (budget: number, key: RandomKey) => readonly number[];
  /** What becomes of a span: a substitute in the place of each token, one for the whole span, or nothing. */
  readonly replacement: 'perToken' | 'perSpan' | 'nothing';
}

const KEPT = 0;
const SUBSTITUTED = 1;
const DROPPED = 2;

/**
 * Hides `ceil(ratio * number of words)` words in spans that begin at random different words. Spans may meet and overlap, then fewer words are hidden;
 * none reaches over the end of the text.
 *
 * @throws {ConfigError} when a ratio is not in [0, 1].
 * @see fairseq's `add_whole_word_mask`.
 */
export function wordMasking(
  { ratio, isWordStart = () => true }: WordMaskingOptions,
  { name, substitutes, spanLengths = oneEach, replacement }: WordMaskingMethod,
): Noise {
  checkRatio(`${name}: ratio`, ratio);

  return (tokens, key) => {
    const starts = wordStarts(tokens, isWordStart);
    const lengths = spanLengths(shareOf(starts.length, ratio), key.fold('lengths'));
    const spans = lengths.filter((length) => length > 0);
    const fates = new Uint8Array(tokens.length);
    key
      .fold('starts')
      .permutation(starts.length)
      .subarray(0, spans.length)
      .forEach((first, span) => {
        hideSpan(fates, starts, { first, numWords: spans[span] ?? 0, last: tokens.length - 1, replacement });
      });

    const hidden = replaceTokens(tokens, fates, (count) => substitutes(count, key.fold('substitutes')));
    const inserted = substitutes(lengths.length - spans.length, key.fold('inserted'));
    return insertTokens(hidden, inserted, key.fold('places'));
  };
}

function oneEach(budget: number): number[] {
  return new Array<number>(budget).fill(1);
}

/** The positions at which words begin; the first and the last token of the text are no words. */
function wordStarts(tokens: Int32Array, isWordStart: (id: number) => boolean): number[] {
  const starts: number[] = [];
  for (let position = 1; position < tokens.length - 1; position++) {
    if (isWordStart(tokens[position] ?? 0)) starts.push(position);
  }
  return starts;
}

interface Span {
  /** The index of its first word among all words. */
  readonly first: number;
  readonly numWords: number;
  /** Where the text ends. */
  readonly last: number;
  readonly replacement: WordMaskingMethod['replacement'];
}

/** What is dropped by one span is not substituted by another: where one begins inside of another, they become one. */
function hideSpan(fates: Uint8Array, starts: readonly number[], { first, numWords, last, replacement }: Span): void {
  const begin = starts[first] ?? last;
  const end = starts[first + numWords] ?? last;
  for (let position = begin; position < end; position++) {
    const isSubstituted = replacement === 'perToken' || (replacement === 'perSpan' && position === begin);
    fates[position] = Math.max(fates[position] ?? KEPT, isSubstituted ? SUBSTITUTED : DROPPED);
  }
}

function replaceTokens(tokens: Int32Array, fates: Uint8Array, substitute: (count: number) => Int32Array): Int32Array {
  const count = (fate: number): number => fates.reduce((sum, other) => sum + Number(other === fate), 0);
  const given = substitute(count(SUBSTITUTED));
  const result = new Int32Array(tokens.length - count(DROPPED));
  let [position, used] = [0, 0];
  fates.forEach((fate, old) => {
    if (fate !== DROPPED) result[position++] = (fate === SUBSTITUTED ? given[used++] : tokens[old]) ?? 0;
  });
  return result;
}
