import { WordPieceDecoder } from '../decoders/word-piece.ts';
import { WordPiece } from '../models/word-piece.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { TemplatePostProcessor } from '../post-processors/template.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { Tokenizer } from '../tokenizer.ts';
import { WordCounter } from './count-words.ts';
import { learnMerges } from './learn-merges.ts';
import type { PipelineOptions } from './pipeline.ts';
import { addedTokensOf } from './special-tokens.ts';
import { type AsyncCorpus, type Corpus, countThenLearn, type TrainerControls } from './trainer.ts';

/** How to train BERT's kind of tokenizer. */
export interface WordPieceTrainerOptions extends TrainerControls, PipelineOptions {
  /** Tokens to end with, special ones and the alphabet included. Default 30,000. */
  readonly vocabSize?: number;
  /** Pairs that occur less often are not merged. Default 2. */
  readonly minFrequency?: number;
  /** Lower case without accents. Default true. */
  readonly lowercase?: boolean;
  /** Keep only so many characters, the most frequent ones. Default 1000. */
  readonly limitAlphabet?: number | undefined;
  /** Tokens that get the first ids; must hold `[UNK]`, `[CLS]` and `[SEP]`. Default `[PAD] [UNK] [CLS] [SEP] [MASK]`. */
  readonly specialTokens?: readonly string[];
  /** Tokens that get their ids right after the plain alphabet; see `MergeOptions`. Default none. */
  readonly initialTokens?: readonly string[];
}

/**
 * Trains a WordPiece vocabulary as huggingface/tokenizers does: byte-pair encoding with the prefix `##`, not the likelihood ratio of the paper.
 *
 * @throws {TokenizerError} `CANCELLED`.
 * @see Schuster and Nakajima 2012, "Japanese and Korean voice search", section 4, for the original criterion.
 */
export function trainWordPiece(corpus: Corpus, options?: WordPieceTrainerOptions): Tokenizer;
/** The same for a corpus that arrives piece by piece. */
export function trainWordPiece(corpus: AsyncCorpus, options?: WordPieceTrainerOptions): Promise<Tokenizer>;
export function trainWordPiece(
  corpus: Corpus | AsyncCorpus,
  options: WordPieceTrainerOptions = {},
): Tokenizer | Promise<Tokenizer> {
  const {
    minFrequency = 2,
    lowercase = true,
    limitAlphabet = 1000,
    specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
    normalizer = new BertNormalizer({ lowercase }),
    preTokenizer = new BertPreTokenizer(),
  } = options;
  const merging = { ...options, minFrequency, limitAlphabet, specialTokens, continuingSubwordPrefix: '##' };
  return countThenLearn(corpus, new WordCounter({ normalizer, preTokenizer }), options, (words) => {
    const vocabulary = Vocabulary.fromTokens(learnMerges(words, merging, options).tokens);
    return new Tokenizer({
      normalizer,
      preTokenizer,
      model: new WordPiece({ vocabulary }),
      postProcessor: bertTemplate(vocabulary),
      decoder: new WordPieceDecoder(),
      addedTokens: addedTokensOf(specialTokens, 0),
    });
  });
}

function bertTemplate(vocabulary: Vocabulary): TemplatePostProcessor | undefined {
  const cls = vocabulary.id('[CLS]');
  const sep = vocabulary.id('[SEP]');
  if (cls === undefined || sep === undefined) return undefined;
  const first = [
    { special: '[CLS]', typeId: 0 },
    { sequence: 'A', typeId: 0 },
    { special: '[SEP]', typeId: 0 },
  ] as const;
  return new TemplatePostProcessor({
    single: first,
    pair: [...first, { sequence: 'B', typeId: 1 }, { special: '[SEP]', typeId: 1 }],
    specials: new Map([
      ['[CLS]', { ids: [cls], tokens: ['[CLS]'] }],
      ['[SEP]', { ids: [sep], tokens: ['[SEP]'] }],
    ]),
  });
}
