import type { LanguageModelScorer } from '../language-model-scorer.ts';
import { measureText, perplexitiesOf, type MeasuredText, type Perplexities } from '../metrics/perplexity.ts';
import { statisticOf, type EvaluationOptions, type TaskResult } from '../task-result.ts';

/** How well a model predicts texts of any length. */
export interface PerplexityTask {
  readonly kind: 'perplexity';
  readonly documents: readonly string[];
}

/** Those of {@link Perplexities}. */
export type PerplexityMetric = keyof Perplexities;

/** Runs a task of this kind. */
export async function evaluatePerplexity(
  scorer: LanguageModelScorer,
  { documents }: PerplexityTask,
  { key }: EvaluationOptions = {},
): Promise<TaskResult<PerplexityMetric, MeasuredText>> {
  const scores = await scorer.scoreTexts(documents);
  const samples = documents.map((text, index) =>
    measureText({ logLikelihood: 0, numTokens: 0, ...scores[index], text }),
  );
  const estimate = (metric: PerplexityMetric): ReturnType<typeof statisticOf> =>
    statisticOf(samples, (some) => perplexitiesOf(some)[metric], key);
  return {
    metrics: {
      tokenPerplexity: estimate('tokenPerplexity'),
      wordPerplexity: estimate('wordPerplexity'),
      bytePerplexity: estimate('bytePerplexity'),
      bitsPerByte: estimate('bitsPerByte'),
    },
    samples,
  };
}
