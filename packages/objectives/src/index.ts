/**
 * What to predict. Each objective has a data side, which turns examples into batches of typed arrays, and a loss side in TensorFlow.js.
 *
 * @module
 */
export { bertPreTraining } from './bert-pre-training.ts';
export type { BertPreTrainingField } from './bert-pre-training.ts';
export { bidirectionalLanguageModeling } from './bidirectional-language-modeling.ts';
export type {
  BidirectionalLanguageModelingField,
  BidirectionalLanguageModelingOptions,
} from './bidirectional-language-modeling.ts';
export { blankInfilling } from './blank-infilling/blank-infilling.ts';
export type { BlankInfillingField, BlankInfillingOptions, BlankKind } from './blank-infilling/blank-infilling.ts';
export { isSentenceEnd } from './blank-infilling/sentence-spans.ts';
export { causalLanguageModeling } from './causal-language-modeling.ts';
export type { CausalLanguageModelingField, CausalLanguageModelingOptions } from './causal-language-modeling.ts';
export { classLoss } from './class-loss.ts';
export type { ClassLoss, ClassLossOptions } from './class-loss.ts';
export { crossEntropy, IGNORED_LABEL, tokenCrossEntropy } from './cross-entropy.ts';
export { bartNoises, denoising } from './denoising.ts';
export type { BartNoiseOptions, DenoisingOptions } from './denoising.ts';
export { documentRotation } from './denoising/document-rotation.ts';
export type { DocumentRotationOptions } from './denoising/document-rotation.ts';
export type { Noise } from './denoising/noise.ts';
export { sentencePermutation } from './denoising/sentence-permutation.ts';
export type { SentencePermutationOptions } from './denoising/sentence-permutation.ts';
export type { RandomTokens, SubstituteOptions } from './denoising/substitutes.ts';
export { textInfilling } from './denoising/text-infilling.ts';
export type { TextInfillingOptions } from './denoising/text-infilling.ts';
export { tokenDeletion } from './denoising/token-deletion.ts';
export { tokenInsertion } from './denoising/token-insertion.ts';
export type { TokenInsertionOptions } from './denoising/token-insertion.ts';
export { tokenMasking } from './denoising/token-masking.ts';
export type { TokenMaskingOptions } from './denoising/token-masking.ts';
export type { WordMaskingOptions } from './denoising/word-masking.ts';
export type { FramingTokens } from './framed-sequence.ts';
export { smoothedCrossEntropy } from './label-smoothing.ts';
export { tokenMasker } from './mask-tokens.ts';
export type { MaskedSequence, MaskingOptions, MaskingTokens, MaskReplacement, TokenMasker } from './mask-tokens.ts';
export { maskedLanguageModeling } from './masked-language-modeling.ts';
export type { MaskedLanguageModelingField } from './masked-language-modeling.ts';
export type { MaskingUnit } from './masked-positions.ts';
export { multipleChoice } from './multiple-choice.ts';
export type { ChoiceQuestion, MultipleChoiceField, MultipleChoiceOptions } from './multiple-choice.ts';
export { nextSentencePairs, nextSentencePrediction } from './next-sentence-prediction.ts';
export type { PairPredictionOptions } from './next-sentence-prediction.ts';
export { questionAnswering } from './question-answering.ts';
export type { AnsweredQuestion, QuestionAnsweringField } from './question-answering.ts';
export { sentenceOrderPairs, sentenceOrderPrediction } from './sentence-order-prediction.ts';
export type { SentenceDocument, SentencePair, SentencePairOptions } from './sentence-pairs.ts';
export { sequenceBatch } from './sequence-batch.ts';
export type { SequenceExample, SequenceInputField, SupervisedOptions } from './sequence-batch.ts';
export { spanCorruption, spanCorruptionLengths } from './span-corruption.ts';
export type { SpanCorruptionLengths, SpanCorruptionOptions } from './span-corruption.ts';
export { sequenceClassification, sequenceRegression } from './supervised.ts';
export type { LabelledSequence, SequenceClassificationOptions, SequenceField } from './supervised.ts';
export { TASK_LOSSES, taskInputs, taskTargets } from './task-losses.ts';
export type { TaskLoss, TensorsByName } from './task-losses.ts';
export {
  droppedTokens,
  independentSpans,
  maskedOrRandomTokens,
  maskedTokens,
  prefixes,
  randomSpans,
  regularSpans,
  shuffledTokens,
} from './text-corruption/corruptions.ts';
export type { Corruption } from './text-corruption/corruptions.ts';
export type { Sentinels } from './text-corruption/noise-edits.ts';
export type { NoiseOptions, RandomSpansOptions, RegularOptions } from './text-corruption/noise-masks.ts';
export { textCorruption } from './text-corruption/text-corruption.ts';
export type { TextCorruptionOptions } from './text-corruption/text-corruption.ts';
export { tokenClassification } from './token-classification.ts';
export type { LabelledTokens, TokenClassificationField, TokenClassificationOptions } from './token-classification.ts';
export { textToTextBatch } from './text-to-text-batch.ts';
export type { TextPair, TextToTextBatchOptions, TextToTextField } from './text-to-text-batch.ts';
export { textToText } from './text-to-text.ts';
export type { TextToTextOptions } from './text-to-text.ts';
