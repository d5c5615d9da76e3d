/** A span of tokens that may be the answer. */
export interface TokenSpan {
  /** The first token. */
  readonly start: number;
  /** The last token, at or after `start`. */
  readonly end: number;
  /** The sum of both scores. */
  readonly score: number;
}

/** Which spans may be answers. */
export interface SpanRules {
  /** Whether a token belongs to the text that holds the answer. */
  readonly isContext: (token: number) => boolean;
  /** Tokens of the longest answer. */
  readonly maxTokens: number;
  /** How many spans are wanted. */
  readonly count: number;
}

/** How many begins and ends are combined: those with the highest scores. */
const NUM_CANDIDATES = 20;

/**
 * The most likely spans, the best one first.
 *
 * @param startLogits the score of each token as the begin of the answer; `endLogits` as its end.
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 4.2.
 */
export function bestSpans(
  startLogits: ArrayLike<number>,
  endLogits: ArrayLike<number>,
  { isContext, maxTokens, count }: SpanRules,
): TokenSpan[] {
  const starts = highest(startLogits, isContext);
  const ends = highest(endLogits, isContext);
  return starts
    .flatMap((start) =>
      ends
        .filter((end) => end >= start && end - start < maxTokens)
        .map((end) => ({ start, end, score: (startLogits[start] ?? 0) + (endLogits[end] ?? 0) })),
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}

function highest(logits: ArrayLike<number>, isContext: (token: number) => boolean): number[] {
  return Array.from({ length: logits.length }, (_, token) => token)
    .filter(isContext)
    .sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0))
    .slice(0, NUM_CANDIDATES);
}
