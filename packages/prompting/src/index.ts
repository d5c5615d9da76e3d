/**
 * Prompts for language models: templates, verbalizers, cloze and few-shot prompts, chain of thought, self-consistency, contextual calibration, and tuning
 * with patterns. It knows no family: models come as scorers of words and samplers of texts.
 *
 * @module
 */
export { BlankInfillingWordScorer } from './blank-infilling-word-scorer.ts';
export type { BlankInfillingPromptTokens, BlankInfillingWordScorerOptions } from './blank-infilling-word-scorer.ts';
export { CONTENT_FREE_TEXTS, contextualCalibration } from './calibration.ts';
export {
  extractAnswer,
  NUMERIC_ANSWER,
  reasonedAnswer,
  TEXT_ANSWER,
  THEREFORE,
  THINK_STEP_BY_STEP,
} from './chain-of-thought.ts';
export type { ReasonedAnswer } from './chain-of-thought.ts';
export { classify } from './classify.ts';
export type { Classification, ClassifyOptions } from './classify.ts';
export { clozeIds, wordIds } from './cloze-ids.ts';
export type { ClozeIds, ClozeIdsOptions, PromptTokenizer } from './cloze-ids.ts';
export { continuationWordScorer } from './continuation-word-scorer.ts';
export type { ContinuationScorer } from './continuation-word-scorer.ts';
export { demonstrationText, fewShotPrompt } from './few-shot.ts';
export type { Demonstration, FewShotOptions, FewShotPrompt, TokenBudget } from './few-shot.ts';
export { INSTRUCTION, INSTRUCTION_WITH_INPUT, instructionExample, instructionPrompt } from './instruction.ts';
export type { InstructionValues } from './instruction.ts';
export { lexicalSimilarities } from './lexical-similarity.ts';
export { MaskedWordScorer } from './masked-word-scorer.ts';
export type { MaskedWordScorerOptions, TokenCombination } from './masked-word-scorer.ts';
export type { BatchOptions } from './padded-rows.ts';
export { patternExample, patternTuning } from './pattern-tuning.ts';
export type { PatternExample, PatternTuningField, PatternVerbalizerPair } from './pattern-tuning.ts';
export { aroundBlank, fillBlanks } from './prompt.ts';
export type { Prompt } from './prompt.ts';
export { balancedExamples, firstExamples, nearestExamples, randomExamples } from './select-examples.ts';
export type { BalancedOptions, NearestOptions } from './select-examples.ts';
export { majority, selfConsistency } from './self-consistency.ts';
export type { ConsistentAnswer, SelfConsistencyOptions, TextSampler, Vote } from './self-consistency.ts';
export { ensembleLabels } from './soft-labels.ts';
export type { EnsembleOptions } from './soft-labels.ts';
export { checkSlots, template } from './template.ts';
export type { SlotName, SlotValues, Template } from './template.ts';
export { rewrittenBlank, sentinelBlank, TextToTextWordScorer } from './text-to-text-word-scorer.ts';
export type { BlankStyle, TextToTextWordScorerOptions } from './text-to-text-word-scorer.ts';
export { labelLogProbabilities, verbalizer } from './verbalizer.ts';
export type { Verbalizer } from './verbalizer.ts';
export type { WordScorer } from './word-scorer.ts';
