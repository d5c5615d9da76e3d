import { ClozeError, ConfigError } from '@cloze/core';
import { aroundBlank, type Prompt } from './prompt.ts';

/** Text to ids: any `Tokenizer` of `@cloze/tokenizer`. */
export interface PromptTokenizer {
  encodeToIds(text: string, options: { readonly addSpecialTokens: boolean }): ArrayLike<number>;
  tokenToId(token: string): number | undefined;
}

/** A prompt as a model reads it. */
export interface ClozeIds {
  readonly ids: readonly number[];
  /** Where the token of the blank stands in them. */
  readonly blankPosition: number;
}

/** How a blank is written. */
export interface ClozeIdsOptions {
  readonly tokenizer: PromptTokenizer;
  /** The token that stands for the blank: `[MASK]`, `<extra_id_0>`, `<mask>`. */
  readonly blankToken: string;
  /** Whether the tokenizer frames the text. */
  readonly addSpecialTokens: boolean;
}

/**
 * The ids of a prompt with a token in its only blank.
 *
 * @throws {ConfigError} when the prompt has no blank, or several, or when the tokenizer does not know the token.
 */
export function clozeIds(prompt: Prompt, { tokenizer, blankToken, addSpecialTokens }: ClozeIdsOptions): ClozeIds {
  const [before, after] = aroundBlank(prompt);
  const blankId = idOfToken(tokenizer, blankToken);
  const ids = Array.from(tokenizer.encodeToIds(before + blankToken + after, { addSpecialTokens }));
  // The text may hold such tokens of its own.
  const numEarlier = textIds(tokenizer, before).filter((id) => id === blankId).length;
  const blankPosition = [...ids.keys()].filter((position) => ids[position] === blankId)[numEarlier];
  if (blankPosition !== undefined) return { ids, blankPosition };
  throw new ConfigError({
    message: `The token of the blank, ${blankToken}, must be kept by the tokenizer; it is not in the ids of ${JSON.stringify(before + blankToken + after)}.`,
    hint: 'Name a special token of the tokenizer.',
  });
}

/**
 * The ids of a word where it stands in a text: those by which the text grows. The space before it belongs to the word, where tokenizers expect it.
 *
 * @throws {ClozeError} `DATA_INVALID` when the word has no token of its own.
 */
export function wordIds(tokenizer: PromptTokenizer, before: string, word: string): number[] {
  const ids = textIds(tokenizer, before + word).slice(textIds(tokenizer, before.trimEnd()).length);
  if (ids.length > 0) return ids;
  throw new ClozeError('DATA_INVALID', {
    message: `A word must have tokens of its own after ${JSON.stringify(before)}, got ${JSON.stringify(word)}.`,
    hint: 'Write a space in the template before the blank.',
  });
}

/** The ids of a text without special tokens around. */
export function textIds(tokenizer: PromptTokenizer, text: string): number[] {
  return Array.from(tokenizer.encodeToIds(text, { addSpecialTokens: false }));
}

/** @throws {ConfigError} when the tokenizer does not know the token. */
export function idOfToken(tokenizer: PromptTokenizer, token: string): number {
  const id = tokenizer.tokenToId(token);
  if (id !== undefined) return id;
  throw new ConfigError({
    message: `The tokenizer must know the token ${token}; it does not.`,
    hint: 'Use the tokenizer that belongs to the model.',
  });
}
