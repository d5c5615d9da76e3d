import type { RandomKey } from '@cloze/core';
import { generateBatch, isEncoderDecoder, type Decoder, type GenerateOptions } from '@cloze/generation';
import type { GenerationSettings } from '@cloze/hub';
import {
  extractAnswer,
  selfConsistency,
  TEXT_ANSWER,
  THEREFORE,
  THINK_STEP_BY_STEP,
  type ConsistentAnswer,
  type TextSampler,
} from '@cloze/prompting';
import type { Tokenizer } from '@cloze/tokenizer';
import { UsageError } from '../usage-error.ts';
import { withLineBreaks, type PromptSettings } from './settings.ts';

/** A model that writes, and how. */
export interface AnswerWriterOptions {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  readonly generation: GenerationSettings;
  readonly settings: Pick<
    PromptSettings,
    'samples' | 'temperature' | 'maxTokens' | 'separator' | 'chainOfThought' | 'answerPattern'
  >;
  /** Whether examples show how to think. Without them the model is asked to think, and then for its answer. */
  readonly hasExamples: boolean;
}

/** Writes one answer after a context, or several to take the most frequent one. */
export type AnswerWriter = (context: string, key: RandomKey) => Promise<ConsistentAnswer>;

/** When a model is asked for the answer to what it thought, that is short. */
const MAX_ANSWER_TOKENS = 16;

/** Answers by a model that writes. */
export function answerWriter({ settings, hasExamples, ...model }: AnswerWriterOptions): AnswerWriter {
  const { chainOfThought, samples, temperature, maxTokens } = settings;
  const write = textWriter(model, withLineBreaks(settings.separator));
  const extract = extractor(settings);
  return (given, key) => {
    const asksToThink = chainOfThought && !hasExamples;
    const context = asksToThink ? `${given} ${THINK_STEP_BY_STEP}` : given;
    const sample: TextSampler = async (numSamples, samplesKey) => {
      const contexts = new Array<string>(numSamples).fill(context);
      // One sample alone is the likeliest text.
      const texts = await write(contexts, { maxTokens, ...(numSamples > 1 && { temperature, key: samplesKey }) });
      if (!asksToThink) return texts;
      const thoughts = texts.map((text) => `${text}\n${THEREFORE}`);
      const answers = await write(
        thoughts.map((thought) => context + thought),
        { maxTokens: MAX_ANSWER_TOKENS },
      );
      return thoughts.map((thought, index) => thought + (answers[index] ?? ''));
    };
    return selfConsistency(sample, { numSamples: samples, key, extract });
  };
}

/**
 * What of a text is the answer.
 *
 * @throws {UsageError} when the pattern is no regular expression.
 */
export function extractor({
  chainOfThought,
  answerPattern,
}: Pick<PromptSettings, 'chainOfThought' | 'answerPattern'>): (text: string) => string | undefined {
  if (answerPattern === undefined && !chainOfThought) return (text) => (text.trim() === '' ? undefined : text.trim());
  const pattern = answerPattern === undefined ? TEXT_ANSWER : toRegExp(answerPattern);
  return (text) => extractAnswer(text, pattern);
}

type WritingOptions = Pick<GenerateOptions, 'maxTokens' | 'temperature' | 'key'>;

/** Continues texts up to a separator, all at once. */
function textWriter(
  model: Pick<AnswerWriterOptions, 'decoder' | 'tokenizer' | 'generation'>,
  separator: string,
): (contexts: readonly string[], options: WritingOptions) => Promise<string[]> {
  const { decoder, tokenizer, generation } = model;
  const stopTokens = [...generation.eosTokenIds, ...idsWith(tokenizer, separator)];
  return async (contexts, options) => {
    const prompts = contexts.map((context) => promptIds(context, model));
    const results = await generateBatch(decoder, prompts, { stopTokens, ...options });
    return results.map(({ ids }) => tokenizer.decode(ids).split(separator)[0] ?? '');
  };
}

function promptIds(
  context: string,
  { tokenizer, generation, decoder }: Pick<AnswerWriterOptions, 'tokenizer' | 'generation' | 'decoder'>,
): number[] {
  const ids = Array.from(tokenizer.encode(context).ids);
  const [end] = generation.eosTokenIds;
  if (isEncoderDecoder(decoder.model)) return end === undefined || ids.at(-1) === end ? ids : [...ids, end];
  // An empty prompt: begin where a document begins.
  return ids.length > 0 ? ids : [generation.bosTokenId ?? end ?? 0];
}

/** Tokens that end an answer because the text is in them. */
function idsWith(tokenizer: Tokenizer, text: string): number[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) =>
    tokenizer.decode([id]).includes(text),
  );
}

function toRegExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (cause) {
    throw new UsageError({
      message: `--answer-pattern must be a regular expression, got ${JSON.stringify(pattern)}.`,
      hint: 'Close all groups; the first one is the answer.',
      cause,
    });
  }
}
