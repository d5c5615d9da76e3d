import { ConfigError, type RandomKey } from '@cloze/core';
import { checkRatio } from './noise.ts';

/** What stands in the place of masked tokens. */
export interface SubstituteOptions {
  readonly maskTokenId: number;
  /** Random tokens in the place of some masks. Default: none. */
  readonly randomTokens?: RandomTokens;
}

/** Random tokens: ordinary ones stand in a row in most vocabularies, special ones before or after them. */
export interface RandomTokens {
  /** The share of the masks that they replace. */
  readonly ratio: number;
  /** The first id. */
  readonly from: number;
  /** The id after the last one. */
  readonly to: number;
}

/** Gives so many tokens to stand in the place of hidden ones. */
export type Substitutes = (count: number, key: RandomKey) => Int32Array;

/**
 * Masks, and random tokens among them.
 *
 * @param where names the noise in errors.
 * @throws {ConfigError} when the share of random tokens is not in [0, 1], or when there are no ids to choose from.
 */
export function substitutes(
  where: string,
  { maskTokenId, randomTokens = { ratio: 0, from: 0, to: 1 } }: SubstituteOptions,
): Substitutes {
  const { ratio, from, to } = randomTokens;
  checkRatio(`${where}: randomTokens.ratio`, ratio);
  if (!(to > from)) {
    throw new ConfigError({
      message: `${where}: randomTokens.to must be greater than randomTokens.from (${from}), got ${to}.`,
      hint: 'Name the ids of the ordinary tokens.',
    });
  }
  return (count, key) => {
    const ids = new Int32Array(count).fill(maskTokenId);
    if (ratio === 0) return ids;
    const chances = key.fold('chance').uniform(count);
    const choices = key.fold('choice').uniform(count);
    return ids.map((id, index) =>
      (chances[index] ?? 1) < ratio ? from + Math.floor((choices[index] ?? 0) * (to - from)) : id,
    );
  };
}
