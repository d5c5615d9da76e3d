import { ClozeError } from '@cloze/core';
import type { Prompt } from './prompt.ts';
import { labelLogProbabilities, type Verbalizer } from './verbalizer.ts';
import type { WordScorer } from './word-scorer.ts';

/** What a model takes a text for. */
export interface Classification<Label extends string> {
  /** The likeliest label, the first of several. */
  readonly label: Label;
  /** Of each label; their sum is 1. */
  readonly probabilities: Readonly<Record<Label, number>>;
}

/** Settings of {@link classify}. */
export interface ClassifyOptions {
  /** What `contextualCalibration` found. Default: not calibrated. */
  readonly wordLogPriors?: readonly number[] | undefined;
}

/**
 * Classifies texts by the words that a model would put into the blank of a prompt.
 *
 * @param prompts with one blank each.
 * @throws {ConfigError} when a prompt has no blank, or several.
 * @throws {ClozeError} `NON_FINITE` when the model's scores are NaN.
 * @example
 * const prompts = reviews.map((text) => template('{text} It was ___.').fill({ text }));
 * const [{ label, probabilities }] = await classify(scorer, verbalizer({ good: 'great', bad: 'terrible' }), prompts);
 */
export async function classify<Label extends string>(
  scorer: WordScorer,
  verbalizer: Verbalizer<Label>,
  prompts: readonly Prompt[],
  { wordLogPriors }: ClassifyOptions = {},
): Promise<Classification<Label>[]> {
  const scores = await scorer.scoreWords(prompts, verbalizer.words);
  return scores.map((ofWords) =>
    toClassification(verbalizer.labels, labelLogProbabilities(verbalizer, ofWords, wordLogPriors)),
  );
}

function toClassification<Label extends string>(
  labels: readonly Label[],
  logProbabilities: readonly number[],
): Classification<Label> {
  const label = labels[logProbabilities.indexOf(Math.max(...logProbabilities))];
  // NaN is no maximum.
  if (label === undefined) {
    throw new ClozeError('NON_FINITE', {
      message: 'The scores of words must be numbers, got NaN.',
      hint: 'The weights are damaged or the model diverged in training; use an earlier checkpoint.',
    });
  }
  const probabilities = labels.map((name, index) => [name, Math.exp(logProbabilities[index] ?? NaN)] as const);
  return { label, probabilities: Object.fromEntries(probabilities) as Record<Label, number> };
}
