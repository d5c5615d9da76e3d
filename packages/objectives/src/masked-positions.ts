import type { RandomKey } from '@cloze/core';

/** What is masked together. */
export type MaskingUnit = 'token' | 'whole-word' | 'span';

/** SpanBERT's distribution of span lengths in words: geometric with this probability of ending, cut off and normalized. */
const SPAN_END = 0.2;
const LONGEST_SPAN = 10;

/** What may be masked: positions in a sequence, grouped into words. */
export interface MaskingCandidates {
  /** Ascending. */
  readonly positions: Int32Array;
  /** Where in `positions` each word begins, and, at the end, their number. */
  readonly wordStarts: Int32Array;
}

/**
 * The tokens of a sequence that may be masked, grouped into words.
 *
 * @param isSpecial tells the tokens that are never masked.
 * @param continuesWord tells the tokens that belong to the word before them, as in the authors' code also where a special token stands between.
 */
export function maskingCandidates(
  ids: Int32Array,
  isSpecial: (id: number) => boolean,
  continuesWord: (id: number) => boolean,
): MaskingCandidates {
  const positions = new Int32Array(ids.length);
  const wordStarts = new Int32Array(ids.length + 1);
  let numPositions = 0;
  let numWords = 0;
  ids.forEach((id, position) => {
    if (isSpecial(id)) return;
    if (numPositions === 0 || !continuesWord(id)) wordStarts[numWords++] = numPositions;
    positions[numPositions++] = position;
  });
  wordStarts[numWords] = numPositions;
  return { positions: positions.subarray(0, numPositions), wordStarts: wordStarts.subarray(0, numWords + 1) };
}

/**
 * Chooses words at random until `count` tokens are chosen; a word that would exceed the count is skipped, so that there may be fewer, even none.
 *
 * @returns positions, ascending.
 * @see Devlin et al., `create_pretraining_data.py`, `create_masked_lm_predictions`.
 *   <https://github.com/google-research/bert/blob/eedf5716ce1268e56f0a50264a88cafad334ac61/create_pretraining_data.py>
 */
export function chooseWords({ positions, wordStarts }: MaskingCandidates, count: number, key: RandomKey): Int32Array {
  const chosen = new Int32Array(count);
  let numChosen = 0;
  for (const word of key.permutation(wordStarts.length - 1)) {
    if (numChosen === count) break;
    const pieces = positions.subarray(wordStarts[word], wordStarts[word + 1]);
    if (numChosen + pieces.length > count) continue;
    chosen.set(pieces, numChosen);
    numChosen += pieces.length;
  }
  return chosen.subarray(0, numChosen).sort();
}

/**
 * Chooses spans of whole words until `count` tokens are chosen; the last span is cut off there. A span begins with the word of a random token that is
 * not chosen yet, and ends at special tokens.
 *
 * @returns positions, ascending; `count` unless there are fewer candidates.
 * @see Joshi et al. 2020, "SpanBERT: Improving Pre-training by Representing and Predicting Spans", section 3.1. <https://arxiv.org/abs/1907.10529>
 */
export function chooseSpans({ positions, wordStarts }: MaskingCandidates, count: number, key: RandomKey): Int32Array {
  const isChosen = new Uint8Array(positions.length);
  const lengths = key.fold('length').uniform(positions.length);
  let numChosen = 0;
  for (const [draw, anchor] of key.fold('anchor').permutation(positions.length).entries()) {
    if (numChosen >= count) break;
    if (isChosen[anchor] === 1) continue;
    const word = wordStarts.findLastIndex((start) => start <= anchor);
    const end = spanEnd({ positions, wordStarts }, word, spanLength(lengths[draw] ?? 0));
    for (let index = wordStarts[word] ?? 0; index < end && numChosen < count; index++) {
      if (isChosen[index] === 1) continue;
      isChosen[index] = 1;
      numChosen++;
    }
  }
  return positions.filter((_, index) => isChosen[index] === 1);
}

/** The index in `positions` after a span of words that stand side by side. */
function spanEnd({ positions, wordStarts }: MaskingCandidates, word: number, numWords: number): number {
  const last = Math.min(word + numWords, wordStarts.length - 1);
  for (let next = word + 1; next < last; next++) {
    const start = wordStarts[next] ?? 0;
    if (positions[start] !== (positions[start - 1] ?? 0) + 1) return start;
  }
  return wordStarts[last] ?? 0;
}

/** In words, 1 ... LONGEST_SPAN, from a uniform number: the inverse of the distribution function. */
function spanLength(uniform: number): number {
  const total = 1 - (1 - SPAN_END) ** LONGEST_SPAN;
  return 1 + Math.floor(Math.log1p(-uniform * total) / Math.log1p(-SPAN_END));
}
