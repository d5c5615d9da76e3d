import type { RandomKey } from '@cloze/core';
import { checkRatio, shareOf, type Noise } from './noise.ts';
import { substitutes, type SubstituteOptions } from './substitutes.ts';

/** Settings of {@link tokenInsertion}. */
export interface TokenInsertionOptions extends SubstituteOptions {
  /** How many masks are inserted, as a share of the text's tokens. */
  readonly ratio: number;
}

/**
 * Inserts masks at random places: the model must see that nothing is missing there.
 *
 * @throws {ConfigError} when a ratio is not in [0, 1].
 * @see fairseq's `add_insertion_noise`; the paper has it only as text infilling's spans of length 0.
 */
export function tokenInsertion(options: TokenInsertionOptions): Noise {
  const { ratio } = options;
  checkRatio('tokenInsertion: ratio', ratio);
  const substituted = substitutes('tokenInsertion', options);
  return (tokens, key) => {
    const count = shareOf(tokens.length, ratio);
    return insertTokens(tokens, substituted(count, key.fold('substitutes')), key.fold('places'));
  };
}

/** Inserts tokens between the first and the last one; each way to do so is as likely as any other. */
export function insertTokens(tokens: Int32Array, inserted: Int32Array, key: RandomKey): Int32Array {
  if (inserted.length === 0) return tokens;
  const length = tokens.length + inserted.length;
  const isInserted = new Uint8Array(length);
  for (const place of key.permutation(length - 2).subarray(0, inserted.length)) isInserted[place + 1] = 1;

  let [old, added] = [0, 0];
  return Int32Array.from(isInserted, (isNew) => (isNew === 1 ? inserted[added++] : tokens[old++]) ?? 0);
}
