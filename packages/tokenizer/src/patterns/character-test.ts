import { CharacterSet, WHITE_SPACE } from '../character-set.ts';
import { REFERENCE_DIFFERENCES } from '../reference-unicode.ts';

/** Whether a character (code point) is meant. */
export type CharacterTest = (codePoint: number) => boolean;

const LETTERS = new CharacterSet(/\p{L}/u, REFERENCE_DIFFERENCES.letter);
const NUMBERS = new CharacterSet(/\p{N}/u, REFERENCE_DIFFERENCES.number);
const DIGITS = new CharacterSet(/\p{Nd}/u, REFERENCE_DIFFERENCES.number);

/** Oniguruma's `\\w`: joiners are not in it. Outside of sets, superscript digits and fractions of Latin-1 are. */
const WORDS_IN_SETS = new CharacterSet(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u, REFERENCE_DIFFERENCES.word);
const WORDS = new CharacterSet(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\xb2\xb3\xb9\xbc-\xbe]/u, REFERENCE_DIFFERENCES.word);

const NAMED: ReadonlyMap<string, CharacterSet> = new Map([
  ['s', WHITE_SPACE],
  ['w', WORDS],
  ['w in a set', WORDS_IN_SETS],
  ['d', DIGITS],
  ['L', LETTERS],
  ['N', NUMBERS],
  ['Nd', DIGITS],
]);

/** `\s`, `\w`, `\d` or a Unicode category or script; undefined for other names. */
export function namedTest(name: string): CharacterTest | undefined {
  const known = NAMED.get(name);
  if (known !== undefined) return (codePoint) => known.has(codePoint);
  if (!/^[A-Za-z_]{1,40}$/.test(name)) return undefined;
  const pattern = unicodeProperty(name) ?? unicodeProperty(`Script=${name}`);
  return pattern === undefined ? undefined : remembered((codePoint) => pattern.test(String.fromCodePoint(codePoint)));
}

/** The same answers, each computed once. */
export function remembered(test: CharacterTest): CharacterTest {
  let answers: Uint8Array | undefined;
  return (codePoint) => {
    if (codePoint > 0xffff) return test(codePoint);
    answers ??= new Uint8Array(0x10000);
    const known = answers[codePoint] ?? 0;
    if (known !== 0) return known === 2;
    const isInside = test(codePoint);
    answers[codePoint] = isInside ? 2 : 1;
    return isInside;
  };
}

/** Without regard to case; the long s and the Kelvin sign count as s and k. */
export function ignoringCase(test: CharacterTest): CharacterTest {
  return remembered((codePoint) => caseVariants(codePoint).some(test));
}

function caseVariants(codePoint: number): number[] {
  const character = String.fromCodePoint(codePoint);
  const variants = [character, character.toLowerCase(), character.toUpperCase(), character.toLowerCase().toUpperCase()];
  if (/[sS\u017f]/.test(character)) variants.push('s', 'S', '\u017f');
  if (/[kK\u212a]/.test(character)) variants.push('k', 'K', '\u212a');
  return variants.filter((variant) => Array.from(variant).length === 1).map((variant) => variant.codePointAt(0) ?? 0);
}

function unicodeProperty(name: string): RegExp | undefined {
  try {
    return new RegExp(`\\p{${name}}`, 'u');
  } catch {
    // The engine is the one that knows the names; an unknown one is a result, which the caller reports.
    return undefined;
  }
}
