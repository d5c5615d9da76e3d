import { ClozeError } from '@cloze/core';
import type { ContinuationRequest } from './language-model-scorer.ts';

/** Text to ids and back, without special tokens around: any `Tokenizer` of `@cloze/tokenizer`. */
export interface TextTokenizer {
  encodeToIds(text: string, options: { readonly addSpecialTokens: boolean }): ArrayLike<number>;
  decode(ids: Iterable<number>): string;
}

/** Ids of which the last ones are to be predicted. */
export interface ScoredIds {
  readonly ids: readonly number[];
  /** At least one less than `ids`, because the first id has nothing before it. */
  readonly numTargets: number;
}

/** The ids of a text alone. */
export function idsOf(tokenizer: TextTokenizer, text: string): number[] {
  return Array.from(tokenizer.encodeToIds(text, { addSpecialTokens: false }));
}

/**
 * The ids of a context with its continuation. Both are tokenized as one text, because tokens reach over the seam: the continuation's ids are those
 * after as many as the context has alone. White space at the end of the context moves to the continuation, where tokenizers expect it.
 *
 * @param prefixTokenId stands for an empty context.
 * @see EleutherAI/lm-evaluation-harness, `api/model.py`, `_encode_pair`. Where it fails on a context of white space alone, ours counts as empty.
 * @throws {ClozeError} `DATA_INVALID` when nothing is left to predict.
 */
export function encodeContinuation(
  tokenizer: TextTokenizer,
  { context, continuation }: ContinuationRequest,
  prefixTokenId: number,
): ScoredIds {
  const before = context.trimEnd();
  const contextIds = before === '' ? [] : idsOf(tokenizer, before);
  const whole = idsOf(tokenizer, context + continuation);
  const numTargets = whole.length - contextIds.length;
  if (continuation === '' || numTargets <= 0) {
    throw new ClozeError('DATA_INVALID', {
      message: `A continuation must have tokens of its own, got ${JSON.stringify(continuation)}.`,
      hint: 'Give each choice a text, and begin it with a space where words are separated.',
    });
  }
  return { ids: contextIds.length === 0 ? [prefixTokenId, ...whole] : whole, numTargets };
}
