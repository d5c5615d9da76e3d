import type { JsonOutput } from '../write-json.ts';

/** The stage that turns tokens back into text. */
export interface Decoder {
  /** Tokens to pieces of text, which are joined afterwards (or handed to the next decoder). */
  decode(tokens: readonly string[]): string[];

  toJson(): JsonOutput;
}
