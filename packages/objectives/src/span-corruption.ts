import { ConfigError, type EncoderDecoderModel, type Objective } from '@cloze/core';
import { randomSpans } from './text-corruption/corruptions.ts';
import type { Sentinels } from './text-corruption/noise-edits.ts';
import { countNoise, type RandomSpansOptions } from './text-corruption/noise-masks.ts';
import { textCorruption } from './text-corruption/text-corruption.ts';
import type { TextToTextField, TextToTextBatchOptions } from './text-to-text-batch.ts';

/** Settings of {@link spanCorruption}. */
export interface SpanCorruptionOptions
  extends Omit<RandomSpansOptions, 'isRolled'>, Sentinels, Omit<TextToTextBatchOptions, 'targetLength'> {
  /** S: tokens that the encoder reads, sentinels and closing token included. */
  readonly sourceLength: number;
  /** Closes sources and targets. */
  readonly eosTokenId: number;
}

/**
 * T5's pre-training: spans of a text are replaced by sentinels, and what they stand for is to be written, each span after its sentinel.
 *
 * An example is a row of token ids without special tokens, best of the length that {@link spanCorruptionLengths} gives. Batches have fixed lengths.
 * As in the authors' code and unlike figure 2 of the paper, targets have no closing sentinel.
 *
 * @throws {ConfigError} when a setting is out of range.
 * @see Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section 3.1.4.
 *   <https://arxiv.org/abs/1910.10683>
 */
export function spanCorruption(
  options: SpanCorruptionOptions,
): Objective<ArrayLike<number>, EncoderDecoderModel, TextToTextField> {
  const { targetLength } = spanCorruptionLengths(options);
  return { ...textCorruption({ ...options, targetLength, corrupt: randomSpans(options) }), name: 'spanCorruption' };
}

/** Lengths that belong together, in tokens. */
export interface SpanCorruptionLengths {
  /** Of a text before spans are replaced. */
  readonly textLength: number;
  /** Of the target, sentinels and closing token included. */
  readonly targetLength: number;
}

/**
 * The longest text whose source fits, and the length of its target: 568 tokens make 512 and 114.
 *
 * @throws {ConfigError} when the source is shorter than 3 tokens or the density is not in (0, 1).
 */
export function spanCorruptionLengths({
  sourceLength,
  noiseDensity = 0.15,
  meanSpanLength = 3,
}: Pick<SpanCorruptionOptions, 'sourceLength' | 'noiseDensity' | 'meanSpanLength'>): SpanCorruptionLengths {
  if (!(sourceLength >= 3 && noiseDensity > 0 && noiseDensity < 1 && meanSpanLength >= 1)) {
    throw new ConfigError({
      message: `spanCorruption: sourceLength must be at least 3, noiseDensity in (0, 1) and meanSpanLength at least 1, got ${sourceLength}, ${noiseDensity} and ${meanSpanLength}.`,
      hint: 'T5 has 512, 0.15 and 3.',
    });
  }
  const lengthsOf = (textLength: number): { readonly source: number; readonly target: number } => {
    const { numNoise, numSpans } = countNoise(textLength, { noiseDensity, meanSpanLength });
    return { source: textLength - numNoise + numSpans + 1, target: numNoise + numSpans + 1 };
  };
  let textLength = sourceLength - 1;
  while (lengthsOf(textLength + 1).source <= sourceLength) textLength++;
  return { textLength, targetLength: lengthsOf(textLength).target };
}
