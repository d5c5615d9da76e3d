import { ConfigError, type RandomKey } from '@cloze/core';

/**
 * Damages a text. Pure: the same tokens and key give the same result, and the given tokens stay as they are.
 *
 * The first token (begin of text) and the last (end of text) stay where they are, whatever happens between them.
 */
export type Noise = (tokens: Int32Array, key: RandomKey) => Int32Array;

/** `ceil(count * ratio)`, where rounding errors do not count: a tenth of 30 is 3 and not 4. */
export function shareOf(count: number, ratio: number): number {
  return Math.max(0, Math.ceil(count * ratio - 1e-9));
}

/** @throws {ConfigError} when a ratio is not in [0, 1]. */
export function checkRatio(where: string, ratio: number): void {
  if (ratio >= 0 && ratio <= 1) return;
  throw new ConfigError({
    message: `${where} must be in [0, 1], got ${ratio}.`,
    hint: 'Give a share, not a percentage.',
  });
}
