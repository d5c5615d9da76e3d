import { readRanges, REFERENCE_DIFFERENCES } from './reference-unicode.ts';

/** Classes that pre-tokenization tells apart; 0 = not looked up yet. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 3;
const OTHER = 4;

/** Class of every code point that was asked for, filled on demand: a lookup costs one load. */
const classes = new Uint8Array(0x110000);
for (const { outside } of [REFERENCE_DIFFERENCES.letter, REFERENCE_DIFFERENCES.number]) {
  for (const [first, last] of readRanges(outside)) classes.fill(OTHER, first, last + 1);
}

/** Letter (L*), number (N*), white space (the Unicode property, which unlike JavaScript's `\s` holds U+0085 and not U+FEFF) or other. */
export function classOf(codePoint: number): number {
  const known = classes[codePoint] ?? OTHER;
  return known === 0 ? classify(codePoint) : known;
}

/** Class of the character at `index`; a lone surrogate is OTHER. */
export function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff ? classOf(text.codePointAt(index) ?? unit) : classOf(unit);
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let result = OTHER;
  if (/\p{L}/u.test(character)) result = LETTER;
  else if (/\p{N}/u.test(character)) result = NUMBER;
  else if (/\p{White_Space}/u.test(character)) result = SPACE;
  classes[codePoint] = result;
  return result;
}
