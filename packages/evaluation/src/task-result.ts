import type { RandomKey } from '@cloze/core';
import { bootstrapInterval } from './metrics/bootstrap.ts';
import { wilsonInterval, type ConfidenceInterval } from './metrics/confidence-interval.ts';

/** What a task says about a model. */
export interface TaskResult<Metric extends string, Sample> {
  readonly metrics: Readonly<Record<Metric, Estimate>>;
  /** What the model made of each document, in their order. */
  readonly samples: readonly Sample[];
}

/** A measured quantity. */
export interface Estimate {
  readonly value: number;
  /** With 95% confidence: Wilson's of shares, otherwise by the bootstrap, for which a key must be given. */
  readonly interval?: ConfidenceInterval;
}

/** How a task is run. */
export interface EvaluationOptions {
  /** How many examples stand before each question. Default: 0. */
  readonly numShots?: number;
  /** Draws the examples, and the samples of the bootstrap. Without one the first examples are shown, and only shares have intervals. */
  readonly key?: RandomKey;
}

/** The share of samples for which something holds. */
export function shareOf<Sample>(samples: readonly Sample[], holds: (sample: Sample) => boolean): Estimate {
  const numSuccesses = samples.filter(holds).length;
  return { value: numSuccesses / samples.length, interval: wilsonInterval(numSuccesses, samples.length) };
}

/** Any statistic of the samples. */
export function statisticOf<Sample>(
  samples: readonly Sample[],
  statistic: (samples: readonly Sample[]) => number,
  key: RandomKey | undefined,
): Estimate {
  const value = statistic(samples);
  if (key === undefined) return { value };
  return { value, interval: bootstrapInterval(samples, statistic, { key: key.fold('bootstrap') }) };
}
