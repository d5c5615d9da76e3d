import { ClozeError } from '@cloze/core';
import { packTokens, sequentialBlocks, splitTokens, type TokenIds } from '@cloze/datasets';
import type { PrepareRequest } from './recipe.ts';
import { sentenceDocuments } from './sentence-documents.ts';
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
export function readTokens(request: TextRequest, { blockLength, documentEnd }: TokenOptions): Promise<SplitTokens> {
  const { text, tokenizer } = request;
  return pack(piecesOf(text, documentEnd), request, {
    blockLength,
    encode: (piece) => tokenizer.encodeToIds(piece, { addSpecialTokens: false }),
  });
}

/**
 * Tokenizes a text sentence by sentence, each with the special tokens around it, and keeps the end for validation.
 *
 * @throws {ClozeError} `DATA_INVALID` when the text is too short for a single example.
 */
export function readSentenceTokens(request: TextRequest, blockLength: number): Promise<SplitTokens> {
  return pack(sentencesOf(request.text), request, {
    blockLength,
    encode: (sentence) => request.tokenizer.encodeToIds(sentence),
  });
}

/** All blocks of one length, in order; can be iterated again and again. What is left at the end is left out. */
export function wholeBlocks(ids: TokenIds, blockLength: number): Iterable<Int32Array> {
  const whole = ids.subarray(0, ids.length - (ids.length % blockLength));
  return { [Symbol.iterator]: () => sequentialBlocks(whole, { blockLength }) };
}

type TextRequest = Pick<PrepareRequest, 'text' | 'tokenizer' | 'validationFraction'>;

async function pack(
  texts: AsyncIterable<string>,
  { text, tokenizer, validationFraction }: TextRequest,
  { blockLength, encode }: { readonly blockLength: number; readonly encode: (text: string) => ArrayLike<number> },
): Promise<SplitTokens> {
  const ids = await packTokens(texts, { encode, vocabSize: tokenizer.vocabSize });
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

async function* sentencesOf(text: TrainingText): AsyncGenerator<string, void, void> {
  for await (const sentences of sentenceDocuments(text)) yield* sentences;
}
