import { readTokenizer } from '@cloze/hub';
import { trainByteLevelBpe, trainCharacters, type Tokenizer } from '@cloze/tokenizer';
import { ClozeError } from '@cloze/core';
import type { TrainingText } from './texts.ts';

/** Ends each document in the trained data, where the tokenizer knows it. */
export const END_OF_TEXT = '<|endoftext|>';

/** How much text a tokenizer is trained on at most, in UTF-16 units: more changes little and has to be held in memory. */
const MAX_SAMPLE = 100_000_000;

/**
 * Trains a tokenizer on a text, or reads one from a folder.
 *
 * @param kind `bpe`, `characters`, or a folder.
 * @throws {ClozeError} `DATA_INVALID` when the folder holds no tokenizer.json.
 */
export async function tokenizerFor(kind: string, text: TrainingText, vocabSize: number): Promise<Tokenizer> {
  if (kind === 'bpe') return trainByteLevelBpe(await sampleOf(text), { vocabSize, specialTokens: [END_OF_TEXT] });
  if (kind === 'characters') return trainCharacters(await sampleOf(text));
  const tokenizer = await readTokenizer(kind);
  if (tokenizer !== undefined) return tokenizer;
  throw new ClozeError('DATA_INVALID', {
    message: 'The folder after --tokenizer must hold a tokenizer.json, found none.',
    hint: 'Name another folder, or bpe or characters to train one on the data.',
    file: kind,
  });
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
