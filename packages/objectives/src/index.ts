/**
 * What to predict. Each objective has a data side, which turns examples into batches of typed arrays, and a loss side in TensorFlow.js.
 *
 * @module
 */
export { blankInfilling } from './blank-infilling/blank-infilling.ts';
export type { BlankInfillingField, BlankInfillingOptions, BlankKind } from './blank-infilling/blank-infilling.ts';
export { isSentenceEnd } from './blank-infilling/sentence-spans.ts';
export { causalLanguageModeling } from './causal-language-modeling.ts';
export type { CausalLanguageModelingField, CausalLanguageModelingOptions } from './causal-language-modeling.ts';
export { crossEntropy, IGNORED_LABEL, tokenCrossEntropy } from './cross-entropy.ts';
export { smoothedCrossEntropy } from './label-smoothing.ts';
export { sequenceClassification, sequenceRegression } from './supervised.ts';
export type {
  LabelledSequence,
  SequenceClassificationOptions,
  SequenceField,
  SupervisedOptions,
} from './supervised.ts';
export { TASK_LOSSES, taskInputs, taskTargets } from './task-losses.ts';
export type { TaskLoss, TensorsByName } from './task-losses.ts';
export { textToTextBatch } from './text-to-text-batch.ts';
export type { TextPair, TextToTextBatchOptions, TextToTextField } from './text-to-text-batch.ts';
export { textToText } from './text-to-text.ts';
export type { TextToTextOptions } from './text-to-text.ts';
