import { classAt, classOf, SPACE } from '../character-classes.ts';

/** The pattern that `gpt2WordEnd` matches by hand. */
export const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * End of the word of GPT-2 that begins at `start`: a contraction, a run of one class with at most one space before it, or white space.
 * Every character belongs to a word.
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners": `encoder.py` of the published code.
 */
export function gpt2WordEnd(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start);
  if (first === 0x27) {
    const contraction = contractionEnd(text, start + 1, end);
    if (contraction !== -1) return contraction;
  }
  let at = start;
  if (first === 0x20 && start + 1 < end && classAt(text, start + 1) !== SPACE) at++;
  const kind = classAt(text, at);
  if (kind !== SPACE) return runEnd(text, at, end, kind);
  const spaces = runEnd(text, start, end, SPACE);
  // White space before a word leaves its last character to the word, or to a word of its own.
  return spaces === end || spaces === start + 1 ? spaces : spaces - 1;
}

/** End of the run of characters of one class. */
export function runEnd(text: string, start: number, end: number, kind: number): number {
  let at = start;
  while (at < end) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdbff) {
      if (classOf(unit) !== kind) return at;
      at++;
    } else {
      const codePoint = text.codePointAt(at) ?? 0;
      if (classOf(codePoint) !== kind) return at;
      at += codePoint > 0xffff ? 2 : 1;
    }
  }
  return Math.min(at, end);
}

/** After the apostrophe: s, t, m, d, re, ve or ll; else -1. */
function contractionEnd(text: string, at: number, end: number): number {
  if (at >= end) return -1;
  const letter = text[at];
  if (letter === 's' || letter === 't' || letter === 'm' || letter === 'd') return at + 1;
  if (at + 1 >= end) return -1;
  const next = text[at + 1];
  const isPair = ((letter === 'r' || letter === 'v') && next === 'e') || (letter === 'l' && next === 'l');
  return isPair ? at + 2 : -1;
}
