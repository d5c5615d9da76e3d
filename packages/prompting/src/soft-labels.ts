import { ShapeError } from '@cloze/core';
import { logSoftmax } from './log-softmax.ts';

/** Settings of {@link ensembleLabels}. */
export interface EnsembleOptions {
  /** How much each model counts, for example its accuracy before tuning. Default: all the same. */
  readonly weights?: readonly number[];
  /** Above 1 labels get softer. Default: 2. */
  readonly temperature?: number;
}

/**
 * Soft labels for a text out of what several models say, one for each pattern: what `patternTuning` learns from instead of one label.
 *
 * @param logProbabilities for each model, of each label.
 * @returns the probability of each label.
 * @see Schick and Schuetze 2021, "Exploiting Cloze Questions for Few Shot Text Classification and Natural Language Inference", section 3.3.
 * @throws {ShapeError} when there is no model, or models do not tell the same number of labels or have no weight each.
 */
export function ensembleLabels(
  logProbabilities: readonly (readonly number[])[],
  { weights = logProbabilities.map(() => 1), temperature = 2 }: EnsembleOptions = {},
): number[] {
  const [first = []] = logProbabilities;
  if (first.length === 0 || logProbabilities.some((row) => row.length !== first.length)) {
    throw new ShapeError({
      message: `Models must tell the same number of labels, got ${logProbabilities.map((row) => row.length).join(', ') || 'no model'}.`,
      hint: 'Give each model the same verbalizer labels.',
    });
  }
  if (weights.length !== logProbabilities.length) {
    throw new ShapeError({
      message: `Each of the ${logProbabilities.length} models must have a weight, got ${weights.length}.`,
      hint: 'Leave the weights out to count all models the same.',
    });
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scores = first.map((_, label) =>
    logProbabilities.reduce((sum, row, model) => sum + (row[label] ?? NaN) * (weights[model] ?? 0), 0),
  );
  return logSoftmax(scores.map((score) => score / total / temperature)).map(Math.exp);
}
