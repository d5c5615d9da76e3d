import { ClozeError, labelNames } from '@cloze/core';
import { modelTaskOf, taskContextOf, type BaseModel } from './base-model.ts';
import type { ModelTask, PredictorOptions, Task } from './task.ts';
import { classification, type ClassifiedText } from './tasks/classification.ts';
import { questionAnswering, type Answer, type QuestionRow } from './tasks/question-answering.ts';
import { tagging } from './tasks/tagging.ts';
import type { Classification } from './class-probabilities.ts';

/** How a model is used. */
export interface PredictOptions extends PredictorOptions {
  /** In tokens; longer texts are cut, or read in windows. Default: 512, or the positions of the model if they are fewer. */
  readonly maxLength?: number | undefined;
}

/**
 * What a model that was fine-tuned for a task predicts, in the order of the rows.
 *
 * @throws {ClozeError} `USAGE` when the model is for another task; `DATA_INVALID` for rows that cannot be read.
 */
export async function predict<Row, Prediction>(
  model: BaseModel,
  task: Task<Row, Prediction>,
  rows: readonly Row[],
  options: PredictOptions,
): Promise<Prediction[]> {
  const predictor = modelTask(model, task, options).predictor(model.model, options);
  try {
    return await predictor.predict(model.model, rows);
  } finally {
    predictor.dispose();
  }
}

/**
 * A task for a model that was fine-tuned for it.
 *
 * @throws {ClozeError} `USAGE` when the model is for another task.
 */
export function modelTask<Row, Prediction>(
  model: BaseModel,
  task: Task<Row, Prediction>,
  { maxLength }: { readonly maxLength?: number | undefined } = {},
): ModelTask<Row, Prediction> {
  const wanted = modelTaskOf(task, model.family);
  if (wanted !== model.task) {
    throw new ClozeError('USAGE', {
      message: `The model must be one for ${wanted}, got a ${model.family.name} model for ${model.task}.`,
      hint: `Fine-tune it for the task ${task.name} first.`,
    });
  }
  return task.on(
    taskContextOf(model, {
      labels: labelNames(model.configJson ?? {}),
      maxLength,
      adapterConfig: model.adapter?.config,
    }),
  );
}

/** A text, or a pair of texts. */
export type TextOrPair = string | readonly [text: string, pair: string];

/**
 * Classifies texts, or pairs of texts.
 *
 * @example
 * const model = await loadPretrained([bertFamily], 'runs/sst2');
 * const [first] = await classify(model, ['a joy to watch'], { engine: onnxRuntimeEngine() });
 * console.log(first?.label, first?.probabilities);
 * @throws as {@link predict}.
 */
export function classify(
  model: BaseModel,
  texts: readonly TextOrPair[],
  options: PredictOptions,
): Promise<Classification[]> {
  const rows = texts.map((entry): ClassifiedText => {
    if (typeof entry === 'string') return { text: entry };
    const [text, pair] = entry;
    return { text, pair };
  });
  return predict(model, classification, rows, options);
}

/**
 * Tags words.
 *
 * @param sentences words, already split.
 * @returns one tag for each word.
 * @throws as {@link predict}.
 */
export function tag(
  model: BaseModel,
  sentences: readonly (readonly string[])[],
  options: PredictOptions,
): Promise<(readonly string[])[]> {
  return predict(
    model,
    tagging,
    sentences.map((words) => ({ words })),
    options,
  );
}

/**
 * Finds the answers to questions in texts of any length.
 *
 * @throws as {@link predict}.
 */
export function answer(
  model: BaseModel,
  questions: readonly Pick<QuestionRow, 'question' | 'context'>[],
  options: PredictOptions,
): Promise<Answer[]> {
  return predict(model, questionAnswering, questions, options);
}
