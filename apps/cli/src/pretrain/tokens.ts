import { ClozeError } from '@cloze/core';
import { packTokens, splitTokens, type TokenIds } from '@cloze/datasets';
import type { PrepareRequest } from './recipe.ts';
import type { TrainingText } from './texts.ts';

/** The tokens of a text in order, split for training and validation. */
export interface SplitTokens {
  readonly training: TokenIds;
  readonly validation: TokenIds;
}

/** How the text becomes tokens. */
export interface TokenOptions {
  /** Tokens that one example needs. */
  readonly blockLength: number;
  /** A special token after each document. Default: none. */
  readonly documentEnd?: string;
}

/**
 * Tokenizes a text and keeps the end for validation.
 *
 * @throws {ClozeError} `DATA_INVALID` when the text is too short for a single example.
 */
export async function readTokens(
  { text, tokenizer, validationFraction }: Pick<PrepareRequest, 'text' | 'tokenizer' | 'validationFraction'>,
  { blockLength, documentEnd }: TokenOptions,
): Promise<SplitTokens> {
  const ids = await packTokens(piecesOf(text, documentEnd), {
    encode: (piece) => tokenizer.encodeToIds(piece, { addSpecialTokens: false }),
    vocabSize: tokenizer.vocabSize,
  });
  const split = splitTokens(ids, validationFraction);
  if (split.training.length >= blockLength) return split;
  throw new ClozeError('DATA_INVALID', {
    message: `The text must hold at least ${blockLength} tokens for training, as one example of this --sequence-length needs, got ${split.training.length}.`,
    hint: 'Add text, or shorten --sequence-length.',
    file: text.description,
  });
}

async function* piecesOf(text: TrainingText, documentEnd: string | undefined): AsyncGenerator<string, void, void> {
  for await (const document of text.documents()) {
    yield* document;
    if (documentEnd !== undefined) yield documentEnd;
  }
}
