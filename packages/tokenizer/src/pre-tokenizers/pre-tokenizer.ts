import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';

/** The stage that cuts a normalized text into words, each of which the model sees by itself. */
export interface PreTokenizer {
  /** The words in order; empty ones are left out. */
  split(text: NormalizedString): NormalizedString[];

  toJson(): JsonOutput;
}
