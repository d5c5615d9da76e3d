/** Which characters a trainer begins with. */
export interface AlphabetOptions {
  /** Characters that are in the alphabet whether they occur or not. Default none. */
  readonly initialAlphabet?: readonly string[];
  /** Keep only so many characters, the most frequent ones. Default all. */
  readonly limitAlphabet?: number | undefined;
}

/** The characters of the counted words in the order of their code points. */
export function alphabetOf(
  words: ReadonlyMap<string, number>,
  { initialAlphabet = [], limitAlphabet }: AlphabetOptions,
): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  }
  for (const character of initialAlphabet) counts.set(character, Number.POSITIVE_INFINITY);
  let kept = [...counts].sort(([a], [b]) => codePointOf(a) - codePointOf(b));
  if (limitAlphabet !== undefined && kept.length > limitAlphabet) {
    // Stable: of equally frequent characters, the ones with the smaller code points stay.
    const byCount = [...kept].sort(([, a], [, b]) => (a === b ? 0 : b - a)).slice(0, limitAlphabet);
    kept = byCount.sort(([a], [b]) => codePointOf(a) - codePointOf(b));
  }
  return kept.map(([character]) => character);
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
