/**
 * How good a language model is: metrics with confidence intervals, and a harness that runs tasks given as data.
 *
 * @module
 */
export { CausalScorer } from './causal-scorer.ts';
export type { CausalScorerOptions, TextWriter } from './causal-scorer.ts';
export type { TextTokenizer } from './encode-continuation.ts';
export { fewShotContext } from './few-shot-context.ts';
export type { FewShotOptions, Shot } from './few-shot-context.ts';
export { evaluate } from './harness.ts';
export type { EvaluationTask } from './harness.ts';
export type {
  ContinuationRequest,
  ContinuationScore,
  GenerationRequest,
  LanguageModelScorer,
  LogLikelihood,
} from './language-model-scorer.ts';
export { accuracy } from './metrics/accuracy.ts';
export { exactMatch, normalizeAnswer, spanF1 } from './metrics/answer-match.ts';
export { corpusBleu, sentenceBleu } from './metrics/bleu.ts';
export type { BleuScore } from './metrics/bleu.ts';
export { bootstrapInterval, pairedBootstrap } from './metrics/bootstrap.ts';
export type { BootstrapOptions, PairedDifference } from './metrics/bootstrap.ts';
export { brierScore, expectedCalibrationError } from './metrics/calibration.ts';
export { chrf } from './metrics/chrf.ts';
export type { ChrfOptions } from './metrics/chrf.ts';
export { wilsonInterval } from './metrics/confidence-interval.ts';
export type { ConfidenceInterval, ConfidenceLevel } from './metrics/confidence-interval.ts';
export { pearsonCorrelation, spearmanCorrelation } from './metrics/correlation.ts';
export { entitiesOf, entityF1 } from './metrics/entity-f1.ts';
export type { Entity, TaggingMode } from './metrics/entity-f1.ts';
export { matthewsCorrelation } from './metrics/matthews-correlation.ts';
export { perplexities } from './metrics/perplexity.ts';
export type { MeasuredText, Perplexities, ScoredText } from './metrics/perplexity.ts';
export { averagedF1, binaryF1 } from './metrics/precision-recall-f1.ts';
export type { Average, PrecisionRecallF1 } from './metrics/precision-recall-f1.ts';
export { rouge } from './metrics/rouge.ts';
export type { RougeOptions, RougeScore, RougeScores } from './metrics/rouge.ts';
export { shareOf, statisticOf } from './task-result.ts';
export type { Estimate, EvaluationOptions, TaskResult } from './task-result.ts';
export { evaluateGenerateUntil } from './tasks/generate-until.ts';
export type {
  Extraction,
  GenerateUntilDocument,
  GenerateUntilMetric,
  GenerateUntilSample,
  GenerateUntilTask,
} from './tasks/generate-until.ts';
export { evaluateLogLikelihood } from './tasks/loglikelihood.ts';
export type { LogLikelihoodMetric, LogLikelihoodTask } from './tasks/loglikelihood.ts';
export { evaluateMultipleChoice } from './tasks/multiple-choice.ts';
export type {
  MultipleChoiceDocument,
  MultipleChoiceMetric,
  MultipleChoiceSample,
  MultipleChoiceTask,
} from './tasks/multiple-choice.ts';
export { evaluatePerplexity } from './tasks/perplexity.ts';
export type { PerplexityMetric, PerplexityTask } from './tasks/perplexity.ts';
