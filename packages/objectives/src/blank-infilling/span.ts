/** A stretch of a text, in tokens. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * What may be masked: of each document of a text all but its first token (the authors' begin with `[CLS]`) and the token that ends it.
 *
 * @param endOfTextTokenId ends each document of a text that holds several.
 */
export function maskableSpans(text: ArrayLike<number>, endOfTextTokenId: number | undefined): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (let end = 0; end <= text.length; end++) {
    if (end < text.length && text[end] !== endOfTextTokenId) continue;
    if (end - start > 1) spans.push({ start: start + 1, length: end - start - 1 });
    start = end + 1;
  }
  return spans;
}
