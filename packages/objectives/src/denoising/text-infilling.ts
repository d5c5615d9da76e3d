import { ConfigError } from '@cloze/core';
import type { Noise } from './noise.ts';
import { poissonSpanLengths } from './span-lengths.ts';
import { substitutes, type SubstituteOptions } from './substitutes.ts';
import { wordMasking, type WordMaskingOptions } from './word-masking.ts';

/** Settings of {@link textInfilling}. */
export interface TextInfillingOptions extends WordMaskingOptions, SubstituteOptions {
  /** The mean length of a span, in words, before spans are cut to the budget. Default: 3. */
  readonly meanSpanLength?: number;
}

/**
 * Puts one mask into the place of each of several spans whose lengths are Poisson distributed; for spans of length 0 a mask is inserted. The model must
 * find out how much is missing.
 *
 * @throws {ConfigError} when a ratio is not in [0, 1], or when the mean length is not in (0, 64].
 * @see Lewis et al. 2020, "BART", section 2.2.
 */
export function textInfilling({ meanSpanLength = 3, ...options }: TextInfillingOptions): Noise {
  if (!(meanSpanLength > 0 && meanSpanLength <= 64)) {
    throw new ConfigError({
      message: `textInfilling: meanSpanLength must be in (0, 64], got ${meanSpanLength}.`,
      hint: 'The paper has 3.',
    });
  }
  const name = 'textInfilling';
  return wordMasking(options, {
    name,
    substitutes: substitutes(name, options),
    spanLengths: poissonSpanLengths(meanSpanLength),
    replacement: 'perSpan',
  });
}
