import { readTokenizer } from '@cloze/hub';
import { ClozeError } from '@cloze/core';
import type { Tokenizer } from '@cloze/tokenizer';
import type { TrainingText } from './texts.ts';

/** Trains a tokenizer of one kind on texts, with the special tokens that a family needs. */
export type TokenizerTrainer = (texts: readonly string[], vocabSize: number) => Tokenizer;

/** The kinds of tokenizers that a family can be pre-trained with, the usual one first. */
export type TokenizerTrainers = Readonly<Record<string, TokenizerTrainer>>;

/** How much text a tokenizer is trained on at most, in UTF-16 units: more changes little and has to be held in memory. */
const MAX_SAMPLE = 100_000_000;

/** What {@link tokenizerFor} is asked for. */
export interface TokenizerRequest {
  /** One of the kinds, or a folder. */
  readonly kind: string;
  readonly trainers: TokenizerTrainers;
  readonly vocabSize: number;
}

/**
 * Trains a tokenizer on a text, or reads one from a folder.
 *
 * @throws {ClozeError} `DATA_INVALID` when the folder holds no tokenizer.json.
 */
export async function tokenizerFor(
  { kind, trainers, vocabSize }: TokenizerRequest,
  text: TrainingText,
): Promise<Tokenizer> {
  const train = Object.hasOwn(trainers, kind) ? trainers[kind] : undefined;
  if (train !== undefined) return train(await sampleOf(text), vocabSize);
  const tokenizer = await readTokenizer(kind);
  if (tokenizer !== undefined) return tokenizer;
  throw new ClozeError('DATA_INVALID', {
    message: 'The folder after --tokenizer must hold a tokenizer.json, found none.',
    hint: `Name another folder, or one of ${Object.keys(trainers).join(', ')} to train one on the data.`,
    file: kind,
  });
}

/**
 * The id of a special token that the family cannot do without.
 *
 * @throws {ClozeError} `DATA_INVALID` when the tokenizer does not know it.
 */
export function idOfSpecial(tokenizer: Tokenizer, token: string): number {
  const id = tokenizer.tokenToId(token);
  if (id !== undefined) return id;
  throw new ClozeError('DATA_INVALID', {
    message: `The tokenizer must know the token ${token}, which this family needs; it does not.`,
    hint: 'Leave --tokenizer out to train one on the data, or add the token to it.',
  });
}

/** The ids of all tokens that fulfil a condition. */
export function idsWhere(tokenizer: Tokenizer, holds: (token: string) => boolean): ReadonlySet<number> {
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  return new Set(ids.filter((id) => holds(tokenizer.idToToken(id) ?? '')));
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
