/** A word that is written in place of two others. */
export interface PseudoWord {
  readonly text: string;
  /** The one that is more frequent first. */
  readonly meanings: readonly [string, string];
}

/** Lower-case words: runs of letters and digits, and runs of other characters. */
export function toWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]+/gu) ?? [];
}

/**
 * Words with two meanings, made by rule: the words of at least five letters are ordered by how often they occur, and neighbours in that order become one.
 *
 * @param options `mostFrequent`: words that occur more often are left out.
 * @see Gale, Church and Yarowsky 1992, "Work on Statistical Methods for Word Sense Disambiguation"; Schuetze 1992, "Context Space".
 */
export function pseudoWords(
  sentences: readonly (readonly string[])[],
  { numWords, mostFrequent }: { readonly numWords: number; readonly mostFrequent: number },
): PseudoWord[] {
  const candidates = [...countsOf(sentences.flat())]
    .filter(([word, count]) => /^[a-z]{5,}$/.test(word) && count <= mostFrequent)
    .map(([word]) => word);
  return Array.from({ length: numWords }, (_, index) => {
    const [first = '', second = ''] = candidates.slice(2 * index);
    return { text: first + second, meanings: [first, second] };
  });
}

/** How often each occurs, the most frequent first; in their order where they are equally frequent. */
export function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map([...counts].toSorted(([, a], [, b]) => b - a));
}
