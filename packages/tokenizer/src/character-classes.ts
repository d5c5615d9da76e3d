import { readRanges, REFERENCE_DIFFERENCES } from './reference-unicode.ts';
import { codePointAt } from './units.ts';

/** Classes that pre-tokenization tells apart; 0 = not looked up yet. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 3;
export const OTHER = 4;

/**
 * Class of every code point that was asked for, filled on demand: a lookup costs one load. That of the first half of a pair stays 0, so that units can be looked up
 * as they are.
 */
const classes = new Uint8Array(0x110000);
for (const { outside } of [REFERENCE_DIFFERENCES.letter, REFERENCE_DIFFERENCES.number]) {
  for (const [first, last] of readRanges(outside)) classes.fill(OTHER, first, last + 1);
}

/**
 * Class of the character at `index` of the text that ends at `end`: letter (L*), number (N*), white space (the Unicode property, which unlike JavaScript's `\s`
 * holds U+0085 and not U+FEFF) or other. A lone surrogate is OTHER.
 */
export function classAt(units: Uint16Array, index: number, end: number): number {
  return (classes[units[index] ?? 0] ?? 0) || classOf(codePointAt(units, index, end));
}

/** End of the run of characters of one class. */
export function runEnd(units: Uint16Array, start: number, end: number, kind: number): number {
  let at = start;
  while (at < end) {
    const known = classes[units[at] ?? 0];
    if (known === kind) {
      at++;
    } else if (known !== 0) {
      return at;
    } else {
      const codePoint = codePointAt(units, at, end);
      if (classOf(codePoint) !== kind) return at;
      at += codePoint > 0xffff ? 2 : 1;
    }
  }
  return at;
}

function classOf(codePoint: number): number {
  return (classes[codePoint] ?? OTHER) || classify(codePoint);
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let result = OTHER;
  if (/\p{L}/u.test(character)) result = LETTER;
  else if (/\p{N}/u.test(character)) result = NUMBER;
  else if (/\p{White_Space}/u.test(character)) result = SPACE;
  if (codePoint < 0xd800 || codePoint > 0xdbff) classes[codePoint] = result;
  return result;
}
