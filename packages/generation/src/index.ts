/**
 * Text from language models, decoders and encoder-decoders: greedy, sampled, by beam search and under constraints, over a key-value cache, as an async iterable of
 * tokens or of pieces of text.
 *
 * @module
 */
export { beamSearch } from './beam-search.ts';
export type { BeamResult, BeamSearchOptions } from './beam-search.ts';
export { Constraint } from './constraints/constraint.ts';
export type { ConstraintState, ConstraintTokens } from './constraints/constraint.ts';
export { Decoder } from './decoder.ts';
export type { DecoderOptions } from './decoder.ts';
export { isEncoderDecoder } from './decode-steps.ts';
export type { WritingModel } from './decode-steps.ts';
export { generate, generateBatch, generateText } from './generate.ts';
export type {
  FinishReason,
  GeneratedIds,
  GeneratedText,
  GeneratedToken,
  GenerateOptions,
  GenerateTextOptions,
} from './generate.ts';
export type { ChoiceSettings } from './choose-token.ts';
export {
  divideBy,
  forbidBefore,
  forbidRepeatedNgrams,
  forceAt,
  keepAllowed,
  keepTopK,
  keepTopP,
  logitsProcessors,
  penalizeRepetition,
} from './logits-processors.ts';
export type { LogitsProcessor, ProcessorSettings, SamplingSettings } from './logits-processors.ts';
export { argMax, sample } from './sample.ts';
export { scoreChoices } from './score-choices.ts';
export type { Choice, ChoiceNormalization, ScoreChoicesOptions, ScoredChoice } from './score-choices.ts';
export { StopTexts } from './stopping.ts';
export { TextStream } from './text-stream.ts';
export type { TokenDecoder } from './text-stream.ts';
export type { TokenLogProbabilities, TokenLogProbability } from './token-log-probabilities.ts';
