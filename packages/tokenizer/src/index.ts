/**
 * Text to token ids and back, with offsets, in plain TypeScript: characters, words, WordPiece, byte-pair encoding and unigram models, trained and run.
 * Reads and writes `tokenizer.json`.
 *
 * @module
 */
export { Tokenizer } from './tokenizer.ts';
export { trainCharacters } from './trainers/characters.ts';
export { trainByteLevelBpe } from './trainers/byte-level-bpe.ts';
export { trainEndOfWordBpe } from './trainers/end-of-word-bpe.ts';
export { trainWordPiece } from './trainers/word-piece.ts';
export { trainUnigram } from './trainers/unigram.ts';
export { trainWordLevel } from './trainers/word-level.ts';
export { readBertVocabulary } from './files/bert-vocabulary.ts';
export { readGpt2Files } from './files/gpt2-files.ts';
export { readSentencePiece } from './files/sentence-piece.ts';
export { readTokenizerConfig } from './files/tokenizer-config.ts';
export { DEFAULT_CHAT_BUDGET } from './chat-budget.ts';
export { ChatTemplate } from './chat-template.ts';
export { wordToCharacterIds } from './models/elmo-characters.ts';
export { bestSegmentations, sampleSegmentation } from './models/segmentations.ts';
export { TokenizerError } from './errors.ts';
export { DEFAULT_LIMITS } from './limits.ts';

export { BertNormalizer } from './normalizers/bert.ts';
export { LowercaseNormalizer } from './normalizers/lowercase.ts';
export { PrecompiledNormalizer } from './normalizers/precompiled.ts';
export { ReplaceNormalizer } from './normalizers/replace.ts';
export { SequenceNormalizer } from './normalizers/sequence.ts';
export { StripAccentsNormalizer, UnicodeNormalizer } from './normalizers/unicode.ts';
export { NmtNormalizer, PrependNormalizer, StripNormalizer } from './normalizers/whitespace.ts';
export { BertPreTokenizer } from './pre-tokenizers/bert.ts';
export { ByteLevelPreTokenizer } from './pre-tokenizers/byte-level.ts';
export { MetaspacePreTokenizer } from './pre-tokenizers/metaspace.ts';
export { DigitsPreTokenizer, PunctuationPreTokenizer } from './pre-tokenizers/punctuation.ts';
export { SequencePreTokenizer } from './pre-tokenizers/sequence.ts';
export { SplitPreTokenizer } from './pre-tokenizers/split.ts';
export { WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from './pre-tokenizers/whitespace.ts';
export { LiteralPattern } from './patterns/literal-pattern.ts';
export { RegexPattern } from './patterns/regex-pattern.ts';
export { Bpe } from './models/bpe.ts';
export { Unigram } from './models/unigram.ts';
export { Vocabulary } from './models/vocabulary.ts';
export { WordLevel } from './models/word-level.ts';
export { WordPiece } from './models/word-piece.ts';
export { BertPostProcessor } from './post-processors/bert.ts';
export { ByteLevelPostProcessor } from './post-processors/byte-level.ts';
export { RobertaPostProcessor } from './post-processors/roberta.ts';
export { SequencePostProcessor } from './post-processors/sequence.ts';
export { TemplatePostProcessor } from './post-processors/template.ts';
export { BpeDecoder } from './decoders/bpe.ts';
export { ByteFallbackDecoder } from './decoders/byte-fallback.ts';
export { ByteLevelDecoder } from './decoders/byte-level.ts';
export { FuseDecoder } from './decoders/fuse.ts';
export { MetaspaceDecoder } from './decoders/metaspace.ts';
export { ReplaceDecoder } from './decoders/replace.ts';
export { SequenceDecoder } from './decoders/sequence.ts';
export { StripDecoder } from './decoders/strip.ts';
export { WordPieceDecoder } from './decoders/word-piece.ts';

export type { DecodeOptions, EncodeOptions, TokenizerParts } from './tokenizer.ts';
export type { CharactersOptions } from './trainers/characters.ts';
export type { ByteLevelBpeOptions } from './trainers/byte-level-bpe.ts';
export type { EndOfWordBpeOptions } from './trainers/end-of-word-bpe.ts';
export type { WordPieceTrainerOptions } from './trainers/word-piece.ts';
export type { UnigramTrainerOptions } from './trainers/unigram.ts';
export type { WordLevelOptions } from './trainers/word-level.ts';
export type { AsyncCorpus, Corpus, TrainerControls, TrainingProgress } from './trainers/trainer.ts';
export type { ChatTemplateOptions, ChatValue } from './chat-template.ts';
export type { ChatTemplateBudget } from './chat-budget.ts';
export type { Gpt2Files } from './files/gpt2-files.ts';
export type { TokenizerConfig } from './files/tokenizer-config.ts';
export type { TokenizerErrorCode, TokenizerErrorDetails } from './errors.ts';
export type { TokenizerLimits } from './limits.ts';
export type { AddedToken } from './added-tokens.ts';
export type { Direction, Encoding } from './encoding.ts';
export type { Padding } from './padding.ts';
export type { Truncation } from './truncation.ts';
export type { ReadOptions } from './safe-json.ts';
export type { Normalizer } from './normalizers/normalizer.ts';
export type { NormalizedString } from './normalized-string.ts';
export type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
export type { Pattern } from './patterns/pattern.ts';
export type { Model } from './models/model.ts';
export type { Segmentation } from './models/segmentations.ts';
export type { PostProcessor } from './post-processors/post-processor.ts';
export type { Decoder } from './decoders/decoder.ts';
