import { ShapeError, type RandomKey } from '@cloze/core';
import type { ConfidenceInterval, ConfidenceLevel } from './confidence-interval.ts';
import { checkPaired } from './paired-lengths.ts';

/** Settings of the bootstrap. */
export interface BootstrapOptions {
  /** Decides the samples: the same key, the same interval. */
  readonly key: RandomKey;
  /** Default: 1000. */
  readonly numSamples?: number;
  /** Default: 0.95. */
  readonly confidence?: ConfidenceLevel;
}

/**
 * The interval of any statistic of examples: its percentiles over samples drawn with replacement.
 *
 * @param statistic for example `(pairs) => corpusBleu(...).score`.
 * @see Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
 * @throws {ShapeError} when there are no examples.
 */
export function bootstrapInterval<Example>(
  examples: readonly Example[],
  statistic: (examples: readonly Example[]) => number,
  { key, numSamples = 1000, confidence = 0.95 }: BootstrapOptions,
): ConfidenceInterval {
  if (examples.length === 0)
    throw new ShapeError({
      message: 'The bootstrap must have at least one example, got none.',
      hint: 'Pass examples.',
    });
  const values = key.split(numSamples).map((sampleKey) => statistic(resample(examples, sampleKey)));
  return percentileInterval(values, confidence);
}

/** How two systems differ on the same examples. */
export interface PairedDifference {
  /** The first minus the second. */
  readonly difference: number;
  readonly interval: ConfidenceInterval;
  /** How often a difference at least this large would arise if there were none; at least 1 / (numSamples + 1). */
  readonly pValue: number;
}

/**
 * Compares two systems on the same examples by drawing the same samples for both.
 *
 * @param first what the first system made of each example; `second` likewise.
 * @see Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation". The p-value is two-sided and centred, as in sacrebleu.
 * @throws {ShapeError} when the lengths differ or are 0.
 */
export function pairedBootstrap<Example>(
  first: readonly Example[],
  second: readonly Example[],
  statistic: (examples: readonly Example[]) => number,
  { key, numSamples = 1000, confidence = 0.95 }: BootstrapOptions,
): PairedDifference {
  checkPaired('pairedBootstrap', first, second);
  const difference = statistic(first) - statistic(second);
  const differences = key
    .split(numSamples)
    .map((sampleKey) => statistic(resample(first, sampleKey)) - statistic(resample(second, sampleKey)));
  const magnitudes = differences.map(Math.abs);
  const mean = magnitudes.reduce((sum, value) => sum + value, 0) / numSamples;
  const numLarger = magnitudes.filter((value) => value - mean > Math.abs(difference)).length;
  return {
    difference,
    interval: percentileInterval(differences, confidence),
    pValue: (numLarger + 1) / (numSamples + 1),
  };
}

function resample<Example>(examples: readonly Example[], key: RandomKey): Example[] {
  return Array.from(
    key.bits(examples.length),
    (word) => examples[Math.floor((word / 2 ** 32) * examples.length)],
  ).filter((example): example is Example => example !== undefined);
}

function percentileInterval(values: readonly number[], confidence: ConfidenceLevel): ConfidenceInterval {
  const sorted = values.toSorted((a, b) => a - b);
  return { low: percentile(sorted, (1 - confidence) / 2), high: percentile(sorted, (1 + confidence) / 2) };
}

/** Interpolated linearly between the values. */
function percentile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN];
  return below + (above - below) * (position - Math.floor(position));
}
