/**
 * Fine-tuning and using language models for tasks: which columns data has, how rows become examples and scores become predictions, and what counts.
 *
 * @module
 */
export type { BaseModel } from './base-model.ts';
export type { Classification } from './class-probabilities.ts';
export { embed } from './embed.ts';
export type { EmbedOptions, Pooling } from './embed.ts';
export { evaluateModel } from './evaluate-model.ts';
export type { ModelEvaluation } from './evaluate-model.ts';
export { finetune } from './finetune.ts';
export { defaultLearningRate } from './learning-rates.ts';
export { answer, classify, modelTask, predict, tag } from './predict.ts';
export type { PredictOptions, TextOrPair } from './predict.ts';
export { SCHEDULE_NAMES } from './schedules.ts';
export type { ScheduleName } from './schedules.ts';
export { framedTokenizer } from './special-tokens.ts';
export type { ColumnNames, TaskColumn } from './task-columns.ts';
export { readTaskData } from './task-data.ts';
export type { TaskDataOptions } from './task-data.ts';
export type { TaskRow } from './task-values.ts';
export type {
  Metrics,
  ModelTask,
  PlanOptions,
  Predictor,
  PredictorOptions,
  Task,
  TaskContext,
  TaskPlan,
  TaskRunOptions,
} from './task.ts';
export { classification, pairClassification } from './tasks/classification.ts';
export type { ClassifiedText } from './tasks/classification.ts';
export { languageModeling } from './tasks/language-modeling.ts';
export type { PlainText } from './tasks/language-modeling.ts';
export { multipleChoice } from './tasks/multiple-choice.ts';
export type { Choice, ChoiceRow } from './tasks/multiple-choice.ts';
export { questionAnswering } from './tasks/question-answering.ts';
export type { Answer, GivenAnswer, QuestionRow } from './tasks/question-answering.ts';
export { regression } from './tasks/regression.ts';
export type { ScoredTexts } from './tasks/regression.ts';
export { tagging } from './tasks/tagging.ts';
export type { TaggedWords } from './tasks/tagging.ts';
export { textToText } from './tasks/text-to-text.ts';
export type { SourceAndTarget } from './tasks/text-to-text.ts';
export type { Texts } from './text-columns.ts';
export type { FineTuning, FineTuningEvent, FineTuningOptions, TunedModel } from './tuning-run.ts';
