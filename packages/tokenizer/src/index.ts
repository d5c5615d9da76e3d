/**
 * Text to token ids and back, with offsets, in plain TypeScript: characters, byte-level BPE. Trains them; reads and writes `tokenizer.json`.
 *
 * @module
 */
export { Tokenizer } from './tokenizer.ts';
export { trainByteLevelBpe } from './trainers/byte-level-bpe.ts';
export { trainCharacters } from './trainers/characters.ts';
export { TokenizerError } from './errors.ts';

export type { DecodeOptions, EncodeOptions, TokenizerParts } from './tokenizer.ts';
export type { ByteLevelBpeOptions } from './trainers/byte-level-bpe.ts';
export type { CharactersOptions } from './trainers/characters.ts';
export type { Corpus, TrainerControls, TrainingProgress } from './trainers/trainer.ts';
export type { TokenizerErrorCode, TokenizerErrorDetails } from './errors.ts';
export type { AddedToken } from './added-tokens.ts';
export type { Direction, Encoding } from './encoding.ts';
export type { Padding } from './padding.ts';
export type { Truncation } from './truncation.ts';
export type { ReadOptions } from './safe-json.ts';
export { trainWordPiece } from './trainers/word-piece.ts';
export { trainEndOfWordBpe } from './trainers/end-of-word-bpe.ts';
export { trainUnigram } from './trainers/unigram.ts';
export { trainWordLevel } from './trainers/word-level.ts';
export { readSentencePiece } from './files/sentence-piece.ts';
