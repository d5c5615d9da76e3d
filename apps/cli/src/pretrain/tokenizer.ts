import { ClozeError } from '@cloze/core';
import { readTokenizer } from '@cloze/hub';
import {
  trainByteLevelBpe,
  trainCharacters,
  trainUnigram,
  trainWordLevel,
  trainWordPiece,
  type Tokenizer,
} from '@cloze/tokenizer';
import type { TrainingText } from './texts.ts';

/** The kinds of tokenizers that can be trained together with a model. */
export const TOKENIZER_KINDS = ['bpe', 'wordpiece', 'unigram', 'word-level', 'characters'] as const;

/** One of them. */
export type TokenizerKind = (typeof TOKENIZER_KINDS)[number];

/** How much text a tokenizer is trained on at most, in UTF-16 units: more changes little and has to be held in memory. */
const MAX_SAMPLE = 100_000_000;

/** Settings of {@link tokenizerFor}. */
export interface TokenizerRequest {
  /** One of {@link TOKENIZER_KINDS}, or a folder. */
  readonly kind: string;
  readonly vocabSize: number;
  /** What a trained tokenizer knows besides the text's own tokens. */
  readonly specialTokens: readonly string[];
}

/**
 * Trains a tokenizer on a text, or reads one from a folder.
 *
 * @throws {ClozeError} `DATA_INVALID` when the folder holds no tokenizer.json.
 */
export async function tokenizerFor(request: TokenizerRequest, text: TrainingText): Promise<Tokenizer> {
  const { kind } = request;
  if (isTokenizerKind(kind)) return trained(kind, request, await sampleOf(text));
  const tokenizer = await readTokenizer(kind);
  if (tokenizer !== undefined) return tokenizer;
  throw new ClozeError('DATA_INVALID', {
    message: 'The folder after --tokenizer must hold a tokenizer.json, found none.',
    hint: `Name another folder, or ${TOKENIZER_KINDS.join(', ')} to train one on the data.`,
    file: kind,
  });
}

/** Whether a name is that of a kind, and not of a folder. */
export function isTokenizerKind(name: string): name is TokenizerKind {
  return (TOKENIZER_KINDS as readonly string[]).includes(name);
}

function trained(
  kind: TokenizerKind,
  { vocabSize, specialTokens }: TokenizerRequest,
  sample: readonly string[],
): Tokenizer {
  switch (kind) {
    case 'bpe':
      return trainByteLevelBpe(sample, { vocabSize, specialTokens });
    case 'wordpiece':
      return trainWordPiece(sample, { vocabSize, specialTokens });
    case 'unigram':
      return trainUnigram(sample, { vocabSize, specialTokens });
    case 'word-level':
      return trainWordLevel(sample, { vocabSize, specialTokens });
    case 'characters':
      return trainCharacters(sample, { specialTokens });
  }
}

async function sampleOf(text: TrainingText): Promise<string[]> {
  const pieces: string[] = [];
  let length = 0;
  for await (const document of text.documents()) {
    for await (const piece of document) {
      if (length >= MAX_SAMPLE) return pieces;
      pieces.push(piece);
      length += piece.length;
    }
  }
  return pieces;
}
