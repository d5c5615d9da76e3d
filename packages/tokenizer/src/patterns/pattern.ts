import type { JsonOutput } from '../write-json.ts';

/** What `Split` and `Replace` look for. Searching takes time linear in the text for every pattern. */
export interface Pattern {
  /** Matches in order, not overlapping; an empty one has start = end. Called with (start, end). */
  forEachMatch(text: string, found: (start: number, end: number) => void): void;

  toJson(): JsonOutput;
}
