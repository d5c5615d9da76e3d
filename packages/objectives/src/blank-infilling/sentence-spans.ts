import type { RandomKey } from '@cloze/core';
import type { Span } from './span.ts';

/** What sentence spans are drawn with. */
export interface SentenceSpanSettings {
  /** The share of a text's tokens that is masked at least. */
  readonly share: number;
  /** The tokens that end a sentence. */
  readonly sentenceEndIds: ReadonlySet<number>;
  /** The most spans of a text. */
  readonly maxSpans: number;
}

/**
 * Whole sentences, drawn until the share is reached.
 *
 * @param documents what may be masked; a sentence ends with one at the latest.
 * @returns in the order of the text.
 * @see Du et al. 2022, section 2.1.1, "Sentence-level".
 */
export function sentenceSpans(
  text: ArrayLike<number>,
  documents: readonly Span[],
  { share, sentenceEndIds, maxSpans }: SentenceSpanSettings,
  key: RandomKey,
): Span[] {
  const sentences = documents.flatMap((document) => sentencesOf(text, document, sentenceEndIds));
  const numMasked = Math.floor(share * text.length);
  const chosen: Span[] = [];
  let sum = 0;
  for (const index of key.permutation(sentences.length)) {
    const sentence = sentences[index];
    if (sentence === undefined || chosen.length >= maxSpans) break;
    chosen.push(sentence);
    sum += sentence.length;
    if (sum >= numMasked) break;
  }
  return chosen.sort((one, other) => one.start - other.start);
}

/** Whether a token of a vocabulary ends a sentence: whether it holds one of `. ? ! ; :`, their Chinese forms, an ellipsis, or a line break. */
export function isSentenceEnd(token: string): boolean {
  return /[.?!;:\u3002\uff1f\uff01\uff1b\u2026\n]/.test(token);
}

function sentencesOf(text: ArrayLike<number>, document: Span, sentenceEndIds: ReadonlySet<number>): Span[] {
  const sentences: Span[] = [];
  const end = document.start + document.length;
  let { start } = document;
  for (let position = start; position < end; position++) {
    if (position < end - 1 && !sentenceEndIds.has(text[position] ?? -1)) continue;
    sentences.push({ start, length: position + 1 - start });
    start = position + 1;
  }
  return sentences;
}
