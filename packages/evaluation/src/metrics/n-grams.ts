/** How often each n-gram occurs, by its tokens joined by the separator, which must not occur in them. */
export function countNgrams(tokens: readonly string[], order: number, separator = ' '): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** The size of the intersection of two multisets. */
export function countMatches(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  return [...a].reduce((sum, [ngram, count]) => sum + Math.min(count, b.get(ngram) ?? 0), 0);
}
