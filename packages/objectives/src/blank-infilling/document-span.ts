import type { RandomKey } from '@cloze/core';
import type { Span } from './span.ts';

/** What a document span is drawn with. */
export interface DocumentSpanSettings {
  /** From {@link documentSpanLength}. */
  readonly length: number;
  /** How likely the span is the end of the text; else it may stand anywhere. */
  readonly suffixProbability: number;
}

/**
 * One long blank: the end of the text, or a part of it. A text of several documents always loses its end, so that no blank begins before a document and
 * ends after it.
 *
 * @param documents what may be masked of each.
 * @see Du et al. 2022, section 2.1.1, "Document-level"; the suffix is THUDM/GLM's, `blocklm_utils.py`.
 */
export function documentSpan(
  text: ArrayLike<number>,
  documents: readonly Span[],
  { length, suffixProbability }: DocumentSpanSettings,
  key: RandomKey,
): Span {
  const [document] = documents;
  const [chance = 0] = key.fold('suffix').uniform(1);
  const atMost = Math.max(1, Math.min(length, text.length - 2));
  if (document === undefined || documents.length > 1 || chance < suffixProbability) {
    return { start: text.length - atMost, length: atMost };
  }
  const infilled = Math.min(atMost, document.length);
  return { start: document.start + key.fold('place').integer(document.length - infilled + 1), length: infilled };
}

/**
 * The length of the blanks of a batch, uniform from a share of the shortest text to nearly all of the longest.
 *
 * @param textLengths in tokens.
 */
export function documentSpanLength(textLengths: readonly number[], minimumShare: number, key: RandomKey): number {
  const shortest = Math.floor(minimumShare * Math.min(...textLengths));
  const longest = Math.max(...textLengths) - 2;
  return shortest + key.integer(Math.max(1, longest - shortest + 1));
}
