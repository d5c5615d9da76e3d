import { classAt, classOf, LETTER, NUMBER, SPACE } from '../character-classes.ts';
import { codePointWidth } from '../normalized-string.ts';
import { runEnd } from './gpt2-words.ts';

const WORDS = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

/** The pattern of GPT-4 as Llama 3 and GLM write it: numbers of one to three digits. */
export const GPT4_PATTERN: string = WORDS('\\p{N}{1,3}');

/** The same with single digits, as Qwen writes it. */
export const QWEN_PATTERN: string = WORDS('\\p{N}');

/** Matches `GPT4_PATTERN` by hand; every character belongs to a word. */
export function gpt4WordEnd(text: string, start: number, end: number): number {
  return wordEnd(text, start, end, 3);
}

/** Matches `QWEN_PATTERN` by hand. */
export function qwenWordEnd(text: string, start: number, end: number): number {
  return wordEnd(text, start, end, 1);
}

function wordEnd(text: string, start: number, end: number, mostDigits: number): number {
  const first = text.charCodeAt(start);
  if (first === 0x27) {
    const contraction = contractionEnd(text, start + 1, end);
    if (contraction !== -1) return contraction;
  }
  const kind = classAt(text, start);
  if (kind === LETTER) return runEnd(text, start, end, LETTER);
  const next = start + codePointWidth(text, start);
  const isBreak = first === 0x0a || first === 0x0d;
  if (!isBreak && kind !== NUMBER && next < end && classAt(text, next) === LETTER)
    return runEnd(text, next, end, LETTER);
  if (kind === NUMBER) return digitsEnd(text, start, end, mostDigits);
  if (kind !== SPACE) return symbolsEnd(text, start, end);
  if (first === 0x20 && next < end && ![SPACE, LETTER, NUMBER].includes(classAt(text, next)))
    return symbolsEnd(text, next, end);
  return spacesEnd(text, start, end);
}

function digitsEnd(text: string, start: number, end: number, most: number): number {
  let at = start;
  for (let count = 0; count < most && at < end && classAt(text, at) === NUMBER; count++) at += codePointWidth(text, at);
  return at;
}

/** Symbols and the line breaks after them. */
function symbolsEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && ![SPACE, LETTER, NUMBER].includes(classAt(text, at))) at += codePointWidth(text, at);
  while (at < end && isLineBreak(text.charCodeAt(at))) at++;
  return at;
}

/** White space: up to its last line break, or all but the character that belongs to the next word. */
function spacesEnd(text: string, start: number, end: number): number {
  let at = start;
  let afterBreak = -1;
  for (; at < end && classOf(text.charCodeAt(at)) === SPACE; at++)
    if (isLineBreak(text.charCodeAt(at))) afterBreak = at + 1;
  if (afterBreak !== -1) return afterBreak;
  return at === end || at === start + 1 ? at : at - 1;
}

function isLineBreak(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}

/** After the apostrophe, in any case: s (the long s too), t, m, d, re, ve or ll; else -1. */
function contractionEnd(text: string, at: number, end: number): number {
  if (at >= end) return -1;
  const letter = text[at]?.toLowerCase() ?? '';
  if ('stmd\u017f'.includes(letter)) return at + 1;
  if (at + 1 >= end) return -1;
  const pair = letter + (text[at + 1]?.toLowerCase() ?? '');
  return pair === 're' || pair === 've' || pair === 'll' ? at + 2 : -1;
}
