import type { Tokenizer } from '@cloze/tokenizer';
import { UsageError } from '../usage-error.ts';

/** How a blank is written on the command line, for every family. */
const BLANK = /_{3,}/g;

/** What stands for a blank in the text of each family, in the order in which it is looked for. */
const MASK_TOKENS = ['[MASK]', '<mask>'];

/** A filled blank: candidates where the model judges single tokens, one text where it writes. */
export interface FilledBlank {
  readonly candidates: readonly { readonly text: string; readonly probability?: number }[];
}

/** A text whose blanks were filled. */
export interface FilledText {
  readonly text: string;
  readonly blanks: readonly FilledBlank[];
}

/**
 * A text with the model's own tokens in the place of its blanks: `___`, or such tokens themselves.
 *
 * @param maskOf the token of blank i.
 * @param others further tokens that stand for blanks.
 * @throws {UsageError} when there is no blank.
 */
export function withMasks(text: string, maskOf: (index: number) => string, others: readonly string[] = []): string {
  let index = 0;
  const masked = text.replaceAll(BLANK, () => maskOf(index++));
  if ([maskOf(0), ...others].some((token) => masked.includes(token))) return masked;
  throw new UsageError({
    message: `The text must have a blank, written as ___, got none in ${JSON.stringify(text)}.`,
    hint: `For example: cloze fill --model FOLDER "The ___ of the array."`,
  });
}

/**
 * The token that a tokenizer has for blanks.
 *
 * @throws {UsageError} when it has none.
 */
export function maskTokenOf(tokenizer: Tokenizer): string {
  const token = MASK_TOKENS.find((candidate) => tokenizer.tokenToId(candidate) !== undefined);
  if (token !== undefined) return token;
  throw new UsageError({
    message: `The tokenizer must know one of ${MASK_TOKENS.join(', ')}; it does not.`,
    hint: 'Use a model that was pre-trained to fill blanks.',
  });
}
