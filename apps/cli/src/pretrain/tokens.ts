import { ClozeError, type RandomKey } from '@cloze/core';
import { packTokens, randomWindows, sequentialBlocks, splitTokens, type ExampleSource } from '@cloze/datasets';
import type { Tokenizer } from '@cloze/tokenizer';
import type { TrainingText } from './texts.ts';
import { END_OF_TEXT } from './tokenizer.ts';

/** Tokens, split for training and validation. */
export interface TrainingTokens {
  readonly source: ExampleSource<Int32Array>;
  /** Every token of the validation part but its first is a target once; can be iterated again and again. */
  readonly validation: Iterable<Int32Array>;
  readonly numTraining: number;
  readonly numValidation: number;
}

/** How to split and cut. */
export interface TokenOptions {
  /** Tokens that are predicted per example. */
  readonly sequenceLength: number;
  readonly validationFraction: number;
  readonly key: RandomKey;
}

/**
 * Tokenizes a text, keeps the end for validation, and cuts windows out of the rest at random positions.
 *
 * @throws {ClozeError} `DATA_INVALID` when the text is too short for a single sequence.
 */
export async function trainingTokens(
  text: TrainingText,
  tokenizer: Tokenizer,
  { sequenceLength, validationFraction, key }: TokenOptions,
): Promise<TrainingTokens> {
  const ids = await packTokens(piecesOf(text, tokenizer.tokenToId(END_OF_TEXT) !== undefined), {
    encode: (piece) => tokenizer.encodeToIds(piece, { addSpecialTokens: false }),
    vocabSize: tokenizer.vocabSize,
  });
  const { training, validation } = splitTokens(ids, validationFraction);
  const blockLength = sequenceLength + 1;
  if (training.length < blockLength) {
    throw new ClozeError('DATA_INVALID', {
      message: `The text must hold at least ${blockLength} tokens for training, one more than --sequence-length, got ${training.length}.`,
      hint: 'Add text, or shorten --sequence-length.',
      file: text.description,
    });
  }
  return {
    source: randomWindows(training, { blockLength, key }),
    validation: { [Symbol.iterator]: () => sequentialBlocks(validation, { blockLength, overlap: 1 }) },
    numTraining: training.length,
    numValidation: validation.length,
  };
}

async function* piecesOf(text: TrainingText, endsDocuments: boolean): AsyncGenerator<string, void, void> {
  for await (const document of text.documents()) {
    yield* document;
    if (endsDocuments) yield END_OF_TEXT;
  }
}
