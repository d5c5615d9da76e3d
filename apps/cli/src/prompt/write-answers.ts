import { RandomKey } from '@cloze/core';
import { generateBatch, isEncoderDecoder, type Decoder } from '@cloze/generation';
import type { GenerationSettings } from '@cloze/hub';
import { extractAnswer, selfConsistency, TEXT_ANSWER, type ConsistentAnswer, type TextSampler } from '@cloze/prompting';
import type { Tokenizer } from '@cloze/tokenizer';
import { UsageError } from '../usage-error.ts';
import { withLineBreaks, type PromptSettings } from './settings.ts';

/** A model that writes answers. */
export interface AnswerWriter {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  readonly generation: GenerationSettings;
  readonly settings: Pick<
    PromptSettings,
    'samples' | 'temperature' | 'maxTokens' | 'separator' | 'chainOfThought' | 'answerPattern'
  >;
}

/**
 * Writes one answer, or several to take the most frequent one.
 *
 * @param context all that stands before the answer.
 */
export function writeAnswer(writer: AnswerWriter, context: string, key: RandomKey): Promise<ConsistentAnswer> {
  return selfConsistency(samplerOf(writer, context), {
    numSamples: writer.settings.samples,
    key,
    extract: extractor(writer.settings),
  });
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

function samplerOf({ decoder, tokenizer, generation, settings }: AnswerWriter, context: string): TextSampler {
  const { temperature, maxTokens } = settings;
  const separator = withLineBreaks(settings.separator);
  const ids = promptIds(context, { tokenizer, generation, decoder });
  const stopTokens = [...generation.eosTokenIds, ...idsWith(tokenizer, separator)];
  return async (numSamples, key) => {
    const prompts = Array.from({ length: numSamples }, () => ids);
    // One sample alone is the likeliest text.
    const choosing = numSamples === 1 ? {} : { temperature, key };
    const results = await generateBatch(decoder, prompts, { maxTokens, stopTokens, ...choosing });
    return results.map(({ ids: written }) => tokenizer.decode(written).split(separator)[0] ?? '');
  };
}

function promptIds(
  context: string,
  { tokenizer, generation, decoder }: Pick<AnswerWriter, 'tokenizer' | 'generation' | 'decoder'>,
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
