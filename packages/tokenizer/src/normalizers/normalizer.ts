import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';

/** The stage that cleans a text: case, accents, compatibility characters, white space. */
export interface Normalizer {
  normalize(text: NormalizedString): NormalizedString;

  toJson(): JsonOutput;
}
