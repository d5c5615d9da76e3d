import { ConfigError } from '@cloze/core';
import { fewShotContext, type Shot } from '../few-shot-context.ts';
import type { LanguageModelScorer } from '../language-model-scorer.ts';
import { exactMatch, spanF1 } from '../metrics/answer-match.ts';
import { shareOf, statisticOf, type EvaluationOptions, type TaskResult } from '../task-result.ts';

/** Answers that a model writes itself. */
export interface GenerateUntilTask {
  readonly kind: 'generate-until';
  readonly description?: string;
  readonly documents: readonly GenerateUntilDocument[];
  /** Examples to show. */
  readonly shots?: readonly Shot[];
  /** The text ends before the first of these. Default: a blank line. */
  readonly until?: readonly string[];
  /** Default: 256. */
  readonly maxTokens?: number;
  /** What of the text is the answer. Default: all of it. */
  readonly extraction?: Extraction;
}

/** A question with all answers that are right. */
export interface GenerateUntilDocument {
  readonly question: string;
  readonly answers: readonly string[];
}

/** Finds an answer in a text. */
export interface Extraction {
  /** A regular expression, whose first group is the answer, or all of it if it has no group. */
  readonly pattern: string;
  /** Which of several matches. Default: the first. */
  readonly select?: 'first' | 'last';
}

/** `exactMatch` and `spanF1` after SQuAD's normalization. A text without answer counts as wrong. */
export type GenerateUntilMetric = 'exactMatch' | 'spanF1';

/** What came of one document. */
export interface GenerateUntilSample {
  /** All that was written. */
  readonly text: string;
  /** What was extracted; undefined if the pattern did not match. */
  readonly answer: string | undefined;
  readonly exactMatch: number;
  readonly spanF1: number;
}

/**
 * Runs a task of this kind.
 *
 * @throws {ConfigError} when the pattern is no regular expression.
 */
export async function evaluateGenerateUntil(
  scorer: LanguageModelScorer,
  task: GenerateUntilTask,
  { numShots, key }: EvaluationOptions = {},
): Promise<TaskResult<GenerateUntilMetric, GenerateUntilSample>> {
  const { description, documents, shots, until = ['\n\n'], maxTokens = 256 } = task;
  const extract = toExtractor(task.extraction);
  const texts = await scorer.generateUntil(
    documents.map(({ question }, index) => ({
      context: fewShotContext(question, { description, shots, numShots, key: key?.fold(index) }),
      until,
      maxTokens,
    })),
  );
  const samples = documents.map(({ answers }, index) => {
    const text = texts[index] ?? '';
    const answer = extract(text);
    if (answer === undefined) return { text, answer, exactMatch: 0, spanF1: 0 };
    return { text, answer, exactMatch: exactMatch(answer, answers), spanF1: spanF1(answer, answers) };
  });
  const meanF1 = (some: readonly GenerateUntilSample[]): number =>
    some.reduce((sum, sample) => sum + sample.spanF1, 0) / some.length;
  return {
    metrics: {
      exactMatch: shareOf(samples, (sample) => sample.exactMatch === 1),
      spanF1: statisticOf(samples, meanF1, key),
    },
    samples,
  };
}

function toExtractor(extraction: Extraction | undefined): (text: string) => string | undefined {
  if (extraction === undefined) return (text) => text.trim();
  const { pattern, select = 'first' } = extraction;
  const expression = toRegExp(pattern);
  return (text) => {
    const match = [...text.matchAll(expression)].at(select === 'first' ? 0 : -1);
    return (match?.[1] ?? match?.[0])?.trim();
  };
}

function toRegExp(pattern: string): RegExp {
  try {
    // Without the flag u, which would refuse Python's `\-` and `\,` in the patterns of published tasks.
    return new RegExp(pattern, 'g');
  } catch (cause) {
    throw new ConfigError({
      message: `extraction: pattern must be a regular expression, got ${JSON.stringify(pattern)}.`,
      hint: 'Patterns are those of JavaScript: close all groups, and write flags of Python such as (?i) otherwise.',
      cause,
    });
  }
}
