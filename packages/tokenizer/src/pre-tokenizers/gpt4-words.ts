import { classAt, LETTER, NUMBER, OTHER, runEnd, SPACE } from '../character-classes.ts';
import { widthAt } from '../units.ts';
import { contractionEnd } from './gpt2-words.ts';

const WORDS = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

/** The pattern of GPT-4 as Llama 3 and GLM write it: numbers of one to three digits. */
export const GPT4_PATTERN: string = WORDS('\\p{N}{1,3}');

/** The same with single digits, as Qwen writes it. */
export const QWEN_PATTERN: string = WORDS('\\p{N}');

/** Matches `GPT4_PATTERN` by hand; every character belongs to a word. */
export function gpt4WordEnd(units: Uint16Array, start: number, end: number): number {
  return wordEnd(units, start, end, 3);
}

/** Matches `QWEN_PATTERN` by hand. */
export function qwenWordEnd(units: Uint16Array, start: number, end: number): number {
  return wordEnd(units, start, end, 1);
}

function wordEnd(units: Uint16Array, start: number, end: number, mostDigits: number): number {
  const first = units[start];
  if (first === 0x27) {
    const contraction = contractionEnd(units, start + 1, end, true);
    if (contraction !== -1) return contraction;
  }
  const kind = classAt(units, start, end);
  if (kind === LETTER) return runEnd(units, start, end, LETTER);
  const next = start + widthAt(units, start, end);
  const isBreak = first === 0x0a || first === 0x0d;
  if (!isBreak && kind !== NUMBER && next < end && classAt(units, next, end) === LETTER)
    return runEnd(units, next, end, LETTER);
  if (kind === NUMBER) return digitsEnd(units, start, end, mostDigits);
  if (kind !== SPACE) return symbolsEnd(units, start, end);
  if (first === 0x20 && next < end && classAt(units, next, end) === OTHER) return symbolsEnd(units, next, end);
  return spacesEnd(units, start, end);
}

function digitsEnd(units: Uint16Array, start: number, end: number, most: number): number {
  let at = start;
  for (let count = 0; count < most && at < end && classAt(units, at, end) === NUMBER; count++)
    at += widthAt(units, at, end);
  return at;
}

/** Symbols and the line breaks after them. */
function symbolsEnd(units: Uint16Array, start: number, end: number): number {
  let at = runEnd(units, start, end, OTHER);
  while (at < end && isLineBreak(units[at])) at++;
  return at;
}

/** White space: up to its last line break, or all but the character that belongs to the next word. */
function spacesEnd(units: Uint16Array, start: number, end: number): number {
  const run = runEnd(units, start, end, SPACE);
  for (let at = run; at > start; at--) if (isLineBreak(units[at - 1])) return at;
  return run === end || run === start + 1 ? run : run - 1;
}

function isLineBreak(unit: number | undefined): boolean {
  return unit === 0x0a || unit === 0x0d;
}
