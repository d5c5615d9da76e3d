import type { RandomKey } from '@cloze/core';
import {
  check,
  isCount,
  logitsProcessors,
  type ProcessorSettings,
  type SamplingSettings,
} from './logits-processors.ts';
import { argMax, sample } from './sample.ts';
import { logProbabilitiesOf, type TokenLogProbabilities } from './token-log-probabilities.ts';

/** How tokens are chosen. */
export interface ChoiceSettings extends ProcessorSettings, SamplingSettings {
  /** The source of chance; absent or with temperature 0, the likeliest token is taken. */
  readonly key?: RandomKey | undefined;
  /** Tells how likely each new token was, and this many of the likeliest beside it. Default: nothing is told. */
  readonly logProbabilities?: number | undefined;
}

/** A chosen token. */
export interface ChosenToken {
  readonly id: number;
  /** Where it was asked for. */
  readonly logProbabilities?: TokenLogProbabilities;
}

/** Chooses the next token from its scores, which it changes. */
export type TokenChooser = (scores: Float32Array, ids: readonly number[], numNew: number) => ChosenToken;

/** @throws {ClozeError} `USAGE` when a setting is out of range. */
export function tokenChooser({ key, logProbabilities: count, ...settings }: ChoiceSettings): TokenChooser {
  const processors = logitsProcessors(settings);
  check(count === undefined || isCount(count), 'logProbabilities must be a whole number of at least 0', count ?? 0);
  const isGreedy = key === undefined || settings.temperature === 0;
  return (scores, ids, numNew) => {
    // Before the processors, which would turn NaN into something else.
    const best = argMax(scores);
    const given = count === undefined ? undefined : scores.slice();
    for (const process of processors) process(scores, ids, numNew);
    const likeliest = processors.length === 0 ? best : argMax(scores);
    const id = isGreedy ? likeliest : sample(scores, key.fold(numNew));
    return given === undefined || count === undefined
      ? { id }
      : { id, logProbabilities: logProbabilitiesOf(given, id, count) };
  };
}
