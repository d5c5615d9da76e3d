/** White space as Python's `str.split` and `\s` know it: Unicode's, and four separators of ASCII. */
const SEPARATORS = [0x1c, 0x1d, 0x1e, 0x1f].map((code) => String.fromCharCode(code)).join('');

/** A run of white space. */
export const WHITE_SPACE: RegExp = new RegExp(`[\\p{White_Space}${SEPARATORS}]+`, 'u');

/** The parts of a text between white space; none is empty. */
export function wordsOf(text: string): string[] {
  return text.split(WHITE_SPACE).filter((word) => word !== '');
}
