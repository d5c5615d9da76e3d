import type { NormalizedString } from '../normalized-string.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { JsonOutput } from '../write-json.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** What becomes of the matches: on `a--b` with the pattern `-`, in the order given: `a b`, `a - - b`, `a- - b`, `a - -b`, `a -- b`. */
export const SPLIT_BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;

/** One of `SPLIT_BEHAVIORS`. */
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

/** Cuts at the matches of a pattern; with `invert`, the matches are the words and what lies between is the separator. */
export class SplitPreTokenizer implements PreTokenizer {
  readonly pattern: Pattern;
  readonly behavior: SplitBehavior;
  readonly invert: boolean;

  constructor({ pattern, behavior, invert = false }: { pattern: Pattern; behavior: SplitBehavior; invert?: boolean }) {
    this.pattern = pattern;
    this.behavior = behavior;
    this.invert = invert;
  }

  split(text: NormalizedString): NormalizedString[] {
    const cutter = new Cutter(text, this.behavior);
    let from = 0;
    this.pattern.forEachMatch(text.text, (start, end) => {
      if (start > from) cutter.add(from, start, this.invert);
      cutter.add(start, end, !this.invert);
      from = end;
    });
    if (from < text.text.length) cutter.add(from, text.text.length, this.invert);
    return cutter.finish();
  }

  toJson(): JsonOutput {
    return { type: 'Split', pattern: this.pattern.toJson(), behavior: this.behavior, invert: this.invert };
  }
}

/** Joins stretches of separator and text to words, as the behavior says. */
export class Cutter {
  readonly #text: NormalizedString;
  readonly #behavior: SplitBehavior;
  readonly #words: { start: number; end: number; isSeparator: boolean }[] = [];

  constructor(text: NormalizedString, behavior: SplitBehavior) {
    this.#text = text;
    this.#behavior = behavior;
  }

  add(start: number, end: number, isSeparator: boolean): void {
    const last = this.#words.at(-1);
    if (last !== undefined && this.#joins(last.isSeparator, isSeparator)) {
      last.end = end;
      last.isSeparator = isSeparator;
    } else {
      this.#words.push({ start, end, isSeparator });
    }
  }

  finish(): NormalizedString[] {
    const words: NormalizedString[] = [];
    for (const { start, end, isSeparator } of this.#words) {
      if (end > start && !(isSeparator && this.#behavior === 'Removed')) words.push(this.#text.slice(start, end));
    }
    return words;
  }

  #joins(lastIsSeparator: boolean, isSeparator: boolean): boolean {
    if (this.#behavior === 'Contiguous') return lastIsSeparator === isSeparator;
    if (this.#behavior === 'MergedWithPrevious') return isSeparator && !lastIsSeparator;
    return this.#behavior === 'MergedWithNext' && lastIsSeparator && !isSeparator;
  }
}
