/**
 * The candidate that someone who typed `word` may have meant: the one with the fewest edits, if a third of the letters or fewer are wrong.
 * Case, dashes and underscores do not count.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const typed = plain(word);
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: numEdits(typed, plain(candidate)) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(typed.length / 3)))
    .toSorted((a, b) => a.edits - b.edits);
  return best?.candidate;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Levenshtein's distance. */
function numEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    let last = i + 1;
    row = row.map((above, j) => {
      if (j === 0) return last;
      const diagonal = row[j - 1] ?? 0;
      last = Math.min(above + 1, last + 1, diagonal + Number(a[i] !== b[j - 1]));
      return last;
    });
  }
  return row.at(-1) ?? 0;
}
