import type { Noise } from './noise.ts';
import { wordMasking, type WordMaskingOptions } from './word-masking.ts';

/**
 * Deletes random tokens or words: the model must find out where something is missing.
 *
 * @throws {ConfigError} when the ratio is not in [0, 1].
 * @see Lewis et al. 2020, "BART", section 2.2.
 */
export function tokenDeletion(options: WordMaskingOptions): Noise {
  const substitutes = (count: number): Int32Array => new Int32Array(count); // Asked for none.
  return wordMasking(options, { name: 'tokenDeletion', substitutes, replacement: 'nothing' });
}
