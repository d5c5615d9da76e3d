import { classAt, runEnd, SPACE } from '../character-classes.ts';

/** The pattern that `gpt2WordEnd` matches by hand. */
export const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * End of the word of GPT-2 that begins at `start`: a contraction, a run of one class with at most one space before it, or white space.
 * Every character belongs to a word.
 *
 * @param end Where the text ends.
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners": `encoder.py` of the published code.
 */
export function gpt2WordEnd(units: Uint16Array, start: number, end: number): number {
  const first = units[start];
  if (first === 0x27) {
    const contraction = contractionEnd(units, start + 1, end, false);
    if (contraction !== -1) return contraction;
  }
  const kind = classAt(units, start, end);
  if (first === 0x20 && start + 1 < end) {
    const next = classAt(units, start + 1, end);
    if (next !== SPACE) return runEnd(units, start + 1, end, next);
  }
  const run = runEnd(units, start, end, kind);
  // White space before a word leaves its last character to the word, or to a word of its own.
  return kind !== SPACE || run === end || run === start + 1 ? run : run - 1;
}

/** After the apostrophe: s, t, m, d, re, ve or ll; where case does not count, the long s too; else -1. */
export function contractionEnd(units: Uint16Array, at: number, end: number, ignoresCase: boolean): number {
  if (at >= end) return -1;
  const letter = letterAt(units, at, ignoresCase);
  if ('stmd'.includes(letter) || (ignoresCase && letter === '\u017f')) return at + 1;
  if (at + 1 >= end) return -1;
  const pair = letter + letterAt(units, at + 1, ignoresCase);
  return pair === 're' || pair === 've' || pair === 'll' ? at + 2 : -1;
}

function letterAt(units: Uint16Array, at: number, ignoresCase: boolean): string {
  const letter = String.fromCharCode(units[at] ?? 0);
  return ignoresCase ? letter.toLowerCase() : letter;
}
