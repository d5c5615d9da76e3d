import type { RandomKey } from '@cloze/core';
import { averagedF1, matthewsCorrelation, shareOf, statisticOf } from '@cloze/evaluation';
import type { Metrics } from './task.ts';

/** A class as it was predicted and as it is. */
export interface ClassPair {
  readonly predicted: string;
  readonly actual: string;
}

/** Accuracy, F1 averaged over the classes, and Matthews' correlation, as GLUE reports them. */
export function classMetrics(pairs: readonly ClassPair[], key: RandomKey | undefined): Metrics {
  const paired =
    (statistic: (predicted: readonly string[], actual: readonly string[]) => number) =>
    (some: readonly ClassPair[]): number =>
      statistic(
        some.map(({ predicted }) => predicted),
        some.map(({ actual }) => actual),
      );
  return {
    accuracy: shareOf(pairs, ({ predicted, actual }) => predicted === actual),
    macroF1: statisticOf(
      pairs,
      paired((predicted, actual) => averagedF1(predicted, actual, 'macro').f1),
      key,
    ),
    matthewsCorrelation: statisticOf(pairs, paired(matthewsCorrelation), key),
  };
}
