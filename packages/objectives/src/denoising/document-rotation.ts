import { checkRatio, type Noise } from './noise.ts';

/** Settings of {@link documentRotation}. */
export interface DocumentRotationOptions {
  /** The share of the texts that are rotated. Default: 1. */
  readonly ratio?: number;
}

/**
 * Lets a text begin at a token chosen at random; what stood before it follows at the end.
 *
 * @throws {ConfigError} when `ratio` is not in [0, 1].
 * @see Lewis et al. 2020, "BART", section 2.2; fairseq's `add_rolling_noise`.
 */
export function documentRotation({ ratio = 1 }: DocumentRotationOptions = {}): Noise {
  checkRatio('documentRotation: ratio', ratio);
  return (tokens, key) => {
    const [chance = 1] = key.fold('chance').uniform(1);
    const numInner = tokens.length - 2;
    if (chance >= ratio || numInner < 2) return tokens;
    const offset = 1 + key.fold('offset').integer(numInner); // 1 ... length - 2
    const result = tokens.slice();
    result.set(tokens.subarray(offset, -1), 1);
    result.set(tokens.subarray(1, offset), tokens.length - offset);
    return result;
  };
}
