import { TokenizerError } from './errors.ts';

/** How many times longer a text may become, beside what is free. Compatibility decomposition makes at most 18 characters of one. */
const MOST_GROWTH = 32;
const FREE = 1 << 20;

/**
 * Stages of a hostile file may make a text longer and longer, each what the one before it wrote.
 *
 * @throws {TokenizerError} `RESOURCE_LIMIT` when `size` is out of proportion to the `original` size.
 */
export function checkGrowth(what: string, size: number, original: number): void {
  const limit = MOST_GROWTH * original + FREE;
  if (size <= limit) return;
  throw new TokenizerError('RESOURCE_LIMIT', `${what} must not grow from ${original} to more than ${limit}`, {
    actual: `${size}`,
    hint: 'The stages that lengthen it are probably damaged or hostile.',
  });
}
