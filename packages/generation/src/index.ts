/**
 * Text from language models: greedy and sampled, over a key-value cache, as an async iterable of tokens or of pieces of text.
 *
 * @module
 */
export { Decoder } from './decoder.ts';
export type { DecoderOptions } from './decoder.ts';
export { generate, generateBatch, generateText } from './generate.ts';
export type { FinishReason, GeneratedText, GeneratedToken, GenerateOptions, GenerateTextOptions } from './generate.ts';
export {
  divideBy,
  forbidRepeatedNgrams,
  keepTopK,
  keepTopP,
  logitsProcessors,
  penalizeRepetition,
} from './logits-processors.ts';
export type { LogitsProcessor, ProcessorSettings } from './logits-processors.ts';
export { argMax, sample } from './sample.ts';
export { StopTexts } from './stopping.ts';
export { TextStream } from './text-stream.ts';
export type { TokenDecoder } from './text-stream.ts';
