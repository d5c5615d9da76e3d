import { ClozeError } from '@cloze/core';
import { ANSWER_DELIMITER, fewShotContext } from '../few-shot-context.ts';
import type { LanguageModelScorer } from '../language-model-scorer.ts';
import { shareOf, type EvaluationOptions, type TaskResult } from '../task-result.ts';

/** Which of several answers a model finds likeliest. */
export interface MultipleChoiceTask {
  readonly kind: 'multiple-choice';
  readonly description?: string;
  readonly documents: readonly MultipleChoiceDocument[];
  /** Examples to show. */
  readonly shots?: readonly MultipleChoiceDocument[];
}

/** A question with its possible answers. */
export interface MultipleChoiceDocument {
  readonly question: string;
  readonly choices: readonly string[];
  /** Which of the choices is right, from 0. */
  readonly answer: number;
}

/**
 * `accuracy`: the likeliest choice is right; `normalizedAccuracy`: the likeliest per character (code point); `mutualInformationAccuracy`: the one that
 * the question makes likelier by most. In lm-evaluation-harness: acc, acc_norm, acc_mutual_info.
 */
export type MultipleChoiceMetric = 'accuracy' | 'normalizedAccuracy' | 'mutualInformationAccuracy';

/** What came of one document. */
export interface MultipleChoiceSample {
  /** Of each choice, in nats. */
  readonly logLikelihoods: readonly number[];
  /** Of each choice without the question, in nats. */
  readonly unconditionalLogLikelihoods: readonly number[];
  /** Which choice each metric takes, and whether it is right. */
  readonly isCorrect: Readonly<Record<MultipleChoiceMetric, boolean>>;
}

/**
 * Runs a task of this kind.
 *
 * @throws {ClozeError} `DATA_INVALID` when an answer is none of the choices.
 */
export async function evaluateMultipleChoice(
  scorer: LanguageModelScorer,
  { description, documents, shots }: MultipleChoiceTask,
  { numShots, key }: EvaluationOptions = {},
): Promise<TaskResult<MultipleChoiceMetric, MultipleChoiceSample>> {
  const examples = shots?.map((document) => ({ question: document.question, answer: rightChoice(document) }));
  for (const document of documents) rightChoice(document);
  const conditional = await scorer.scoreContinuations(
    documents.flatMap(({ question, choices }, index) => {
      const context = fewShotContext(question, { description, shots: examples, numShots, key: key?.fold(index) });
      return choices.map((choice) => ({ context, continuation: ANSWER_DELIMITER + choice }));
    }),
  );
  const unconditional = await scoreAlone(scorer, documents);
  let next = 0;
  const samples = documents.map((document) => {
    const logLikelihoods = conditional
      .slice(next, (next += document.choices.length))
      .map(({ logLikelihood }) => logLikelihood);
    return toSample(document, logLikelihoods, unconditional);
  });
  const share = (metric: MultipleChoiceMetric): ReturnType<typeof shareOf> =>
    shareOf(samples, ({ isCorrect }) => isCorrect[metric]);
  return {
    metrics: {
      accuracy: share('accuracy'),
      normalizedAccuracy: share('normalizedAccuracy'),
      mutualInformationAccuracy: share('mutualInformationAccuracy'),
    },
    samples,
  };
}

function rightChoice({ question, choices, answer }: MultipleChoiceDocument): string {
  const choice = choices[answer];
  if (choice !== undefined) return choice;
  throw new ClozeError('DATA_INVALID', {
    message: `An answer must be a choice from 0 to ${choices.length - 1}, got ${answer} for ${JSON.stringify(question)}.`,
    hint: 'Count the choices from 0.',
  });
}

/** Choices that many documents share are scored once. They stand without delimiter, as in lm-evaluation-harness. */
async function scoreAlone(
  scorer: LanguageModelScorer,
  documents: readonly MultipleChoiceDocument[],
): Promise<ReadonlyMap<string, number>> {
  const choices = [...new Set(documents.flatMap((document) => document.choices))];
  const scores = await scorer.scoreContinuations(choices.map((continuation) => ({ context: '', continuation })));
  return new Map(choices.map((choice, index) => [choice, scores[index]?.logLikelihood ?? NaN]));
}

function toSample(
  { choices, answer }: MultipleChoiceDocument,
  logLikelihoods: readonly number[],
  unconditional: ReadonlyMap<string, number>,
): MultipleChoiceSample {
  const unconditionalLogLikelihoods = choices.map((choice) => unconditional.get(choice) ?? NaN);
  const isBest = (score: (logLikelihood: number, index: number) => number): boolean =>
    argMax(logLikelihoods.map(score)) === answer;
  return {
    logLikelihoods,
    unconditionalLogLikelihoods,
    isCorrect: {
      accuracy: isBest((logLikelihood) => logLikelihood),
      normalizedAccuracy: isBest((logLikelihood, index) => logLikelihood / Array.from(choices[index] ?? '').length),
      mutualInformationAccuracy: isBest(
        (logLikelihood, index) => logLikelihood - (unconditionalLogLikelihoods[index] ?? NaN),
      ),
    },
  };
}

function argMax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
