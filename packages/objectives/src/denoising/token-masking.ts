import type { Noise } from './noise.ts';
import { substitutes, type SubstituteOptions } from './substitutes.ts';
import { wordMasking, type WordMaskingOptions } from './word-masking.ts';

/** Settings of {@link tokenMasking}. */
export type TokenMaskingOptions = WordMaskingOptions & SubstituteOptions;

/**
 * Puts a mask into the place of random tokens, or of each token of random words.
 *
 * @throws {ConfigError} when a ratio is not in [0, 1].
 * @see Lewis et al. 2020, "BART", section 2.2.
 */
export function tokenMasking(options: TokenMaskingOptions): Noise {
  const name = 'tokenMasking';
  return wordMasking(options, { name, substitutes: substitutes(name, options), replacement: 'perToken' });
}
