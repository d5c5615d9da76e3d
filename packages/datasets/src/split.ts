import { ConfigError } from '@cloze/core';
import type { TokenIds } from './pack.ts';

/**
 * Splits a token sequence: the last part is for validation. With 0.1 this is nanoGPT's split, the first `floor(0.9 n)` tokens for training.
 *
 * @param validationFraction in [0, 1).
 * @returns two views of the same memory.
 * @throws {ConfigError} when the fraction is out of range.
 * @see Karpathy, nanoGPT, `data/shakespeare_char/prepare.py`. <https://github.com/karpathy/nanoGPT>
 */
export function splitTokens(
  ids: TokenIds,
  validationFraction: number,
): { readonly training: TokenIds; readonly validation: TokenIds } {
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new ConfigError({
      message: `splitTokens: validationFraction must be in [0, 1), got ${validationFraction}.`,
      hint: 'Use for example 0.1.',
    });
  }
  const cut = Math.floor(ids.length * (1 - validationFraction));
  return { training: ids.subarray(0, cut), validation: ids.subarray(cut) };
}
