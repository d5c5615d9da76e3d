import { ShapeError } from '@cloze/core';
import type { LanguageModelScorer } from './language-model-scorer.ts';
import type { EvaluationOptions, TaskResult } from './task-result.ts';
import { evaluateGenerateUntil, type GenerateUntilTask } from './tasks/generate-until.ts';
import { evaluateLogLikelihood, type LogLikelihoodTask } from './tasks/loglikelihood.ts';
import { evaluateMultipleChoice, type MultipleChoiceTask } from './tasks/multiple-choice.ts';
import { evaluatePerplexity, type PerplexityTask } from './tasks/perplexity.ts';

/** A task as data: what can be written to a JSON file. */
export type EvaluationTask = LogLikelihoodTask | MultipleChoiceTask | GenerateUntilTask | PerplexityTask;

/**
 * Runs a task of any kind. The functions of the single kinds say more about their results.
 *
 * @example
 * const { metrics } = await evaluate(scorer, { kind: 'multiple-choice', documents, shots }, { numShots: 5 });
 * @throws {ShapeError} when the task has no documents.
 */
export async function evaluate(
  scorer: LanguageModelScorer,
  task: EvaluationTask,
  options: EvaluationOptions = {},
): Promise<TaskResult<string, unknown>> {
  if (task.documents.length === 0)
    throw new ShapeError({ message: 'A task must have at least one document, got none.', hint: 'Add documents.' });
  switch (task.kind) {
    case 'loglikelihood':
      return evaluateLogLikelihood(scorer, task, options);
    case 'multiple-choice':
      return evaluateMultipleChoice(scorer, task, options);
    case 'generate-until':
      return evaluateGenerateUntil(scorer, task, options);
    case 'perplexity':
      return evaluatePerplexity(scorer, task, options);
  }
}
