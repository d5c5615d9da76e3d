import { ANSWER_DELIMITER, fewShotContext, type Shot } from '../few-shot-context.ts';
import type { ContinuationScore, LanguageModelScorer } from '../language-model-scorer.ts';
import { shareOf, statisticOf, type EvaluationOptions, type TaskResult } from '../task-result.ts';

/** How likely a model finds given answers, as in LAMBADA. */
export interface LogLikelihoodTask {
  readonly kind: 'loglikelihood';
  readonly description?: string;
  readonly documents: readonly Shot[];
  /** Examples to show. */
  readonly shots?: readonly Shot[];
}

/** `accuracy`: the answer is what the model would write; `perplexity`: exp of the mean negative log likelihood of whole answers. */
export type LogLikelihoodMetric = 'accuracy' | 'perplexity';

/** Runs a task of this kind. */
export async function evaluateLogLikelihood(
  scorer: LanguageModelScorer,
  { description, documents, shots }: LogLikelihoodTask,
  { numShots, key }: EvaluationOptions = {},
): Promise<TaskResult<LogLikelihoodMetric, ContinuationScore>> {
  const samples = await scorer.scoreContinuations(
    documents.map(({ question, answer }, index) => ({
      context: fewShotContext(question, { description, shots, numShots, key: key?.fold(index) }),
      continuation: ANSWER_DELIMITER + answer,
    })),
  );
  return {
    metrics: {
      accuracy: shareOf(samples, ({ isGreedy }) => isGreedy),
      perplexity: statisticOf(samples, perplexityOf, key),
    },
    samples,
  };
}

function perplexityOf(samples: readonly ContinuationScore[]): number {
  return Math.exp(-samples.reduce((sum, { logLikelihood }) => sum + logLikelihood, 0) / samples.length);
}
