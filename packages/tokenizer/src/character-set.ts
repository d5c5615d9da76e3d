import { readRanges, REFERENCE_DIFFERENCES } from './reference-unicode.ts';

/** A set of characters with an answer per code point that is computed once. */
export class CharacterSet {
  readonly #pattern: RegExp;
  /** 0 = not asked yet, 1 = outside, 2 = inside. */
  readonly #answers = new Uint8Array(0x110000);

  /**
   * @param pattern A `u` expression that tests one character.
   * @param differences Ranges of `reference-unicode.ts` that take precedence.
   */
  constructor(
    pattern: RegExp,
    differences: { readonly outside: string; readonly inside: string } = { outside: '', inside: '' },
  ) {
    this.#pattern = pattern;
    for (const [first, last] of readRanges(differences.outside)) this.#answers.fill(1, first, last + 1);
    for (const [first, last] of readRanges(differences.inside)) this.#answers.fill(2, first, last + 1);
  }

  has(codePoint: number): boolean {
    const known = this.#answers[codePoint] ?? 1;
    return known === 0 ? this.#look(codePoint) : known === 2;
  }

  #look(codePoint: number): boolean {
    const isInside = this.#pattern.test(String.fromCodePoint(codePoint));
    this.#answers[codePoint] = isInside ? 2 : 1;
    return isInside;
  }
}

/** The Unicode property White_Space: JavaScript's `\s` with U+0085 and without U+FEFF. */
export const WHITE_SPACE: CharacterSet = new CharacterSet(/\p{White_Space}/u);

/** ASCII symbols and the Unicode category P, as BERT counts punctuation. */
export const PUNCTUATION: CharacterSet = new CharacterSet(/[!-/:-@[-`{-~\p{P}]/u, REFERENCE_DIFFERENCES.punctuation);

/** `\w` of Unicode regular expressions. */
export const WORD: CharacterSet = new CharacterSet(
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u,
  REFERENCE_DIFFERENCES.word,
);

/** The Unicode category N. */
export const NUMERIC: CharacterSet = new CharacterSet(/\p{N}/u);

/** What BERT drops: categories Cc, Cf and Co, and U+FFFD. */
export const CONTROL: CharacterSet = new CharacterSet(/[\p{Cc}\p{Cf}\p{Co}\ufffd]/u, REFERENCE_DIFFERENCES.control);

/** The Unicode category M. */
export const MARK: CharacterSet = new CharacterSet(/\p{M}/u, REFERENCE_DIFFERENCES.mark);

/** The Unicode category Mn. */
export const NONSPACING_MARK: CharacterSet = new CharacterSet(/\p{Mn}/u, REFERENCE_DIFFERENCES.nonspacingMark);
