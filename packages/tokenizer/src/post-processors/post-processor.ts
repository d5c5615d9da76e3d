import type { Encoding } from '../encoding.ts';
import type { JsonOutput } from '../write-json.ts';

/** The stage that adds special tokens around one text or a pair of texts, and sets token types. */
export interface PostProcessor {
  /** How many tokens it adds; truncation leaves room for them. */
  numAddedTokens(isPair: boolean): number;

  /** @param encodings The parts in order; what comes back is joined, in order. */
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): Encoding[];

  toJson(): JsonOutput;
}
