import { TokenizerError } from '../errors.ts';
import { MetaspaceDecoder } from '../decoders/metaspace.ts';
import { Unigram } from '../models/unigram.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import { ReplaceNormalizer } from '../normalizers/replace.ts';
import { SequenceNormalizer } from '../normalizers/sequence.ts';
import { UnicodeNormalizer } from '../normalizers/unicode.ts';
import { TemplatePostProcessor } from '../post-processors/template.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { Tokenizer } from '../tokenizer.ts';
import { WordCounter } from './count-words.ts';
import { learnUnigram, type UnigramLearning } from './learn-unigram.ts';
import type { PipelineOptions } from './pipeline.ts';
import { addedTokensOf } from './special-tokens.ts';
import { type AsyncCorpus, type Corpus, countThenLearn, type TrainerControls } from './trainer.ts';

/** How to train T5's kind of tokenizer. */
export interface UnigramTrainerOptions extends TrainerControls, PipelineOptions, Partial<UnigramLearning> {
  /** Tokens to end with, special ones included. Default 8,000. */
  readonly vocabSize?: number;
  /** Tokens that get the first ids; must hold the unknown token. Default `<pad> </s> <unk>`. */
  readonly specialTokens?: readonly string[];
  /** Token for unknown characters. Default `<unk>`. */
  readonly unknownToken?: string;
}

/**
 * Trains a unigram language model over pieces; spaces are visible, so that decoding gives them back. `</s>` ends every text where it is a special token.
 *
 * @throws {TokenizerError} `CANCELLED`; `USAGE` when the unknown token is missing or vocabSize is too small.
 * @see Kudo 2018, "Subword Regularization". <https://arxiv.org/abs/1804.10959>
 */
export function trainUnigram(corpus: Corpus, options?: UnigramTrainerOptions): Tokenizer;
/** The same for a corpus that arrives piece by piece. */
export function trainUnigram(corpus: AsyncCorpus, options?: UnigramTrainerOptions): Promise<Tokenizer>;
export function trainUnigram(
  corpus: Corpus | AsyncCorpus,
  options: UnigramTrainerOptions = {},
): Tokenizer | Promise<Tokenizer> {
  const {
    vocabSize = 8000,
    unknownToken = '<unk>',
    specialTokens = ['<pad>', '</s>', unknownToken],
    normalizer = new SequenceNormalizer([
      new UnicodeNormalizer('NFKC'),
      new ReplaceNormalizer(new LiteralPattern('``'), '"'),
    ]),
    preTokenizer = new MetaspacePreTokenizer(),
  } = options;
  const unknownId = specialTokens.indexOf(unknownToken);
  if (unknownId === -1) {
    throw new TokenizerError('USAGE', `specialTokens must hold the unknown token ${JSON.stringify(unknownToken)}`);
  }
  const learning = { ...options, vocabSize: vocabSize - specialTokens.length };
  return countThenLearn(corpus, new WordCounter({ normalizer, preTokenizer }), options, (words) => {
    const learned = learnUnigram(words, learning, options);
    const specials = specialTokens.map((token): [string, number] => [token, 0]);
    const pieces = [...specials, ...learned.map(({ text, score }): [string, number] => [text, score])];
    return new Tokenizer({
      normalizer,
      preTokenizer,
      model: new Unigram({ pieces, unknownId }),
      postProcessor: endTemplate(specialTokens.indexOf('</s>')),
      decoder: new MetaspaceDecoder(),
      addedTokens: addedTokensOf(specialTokens, 0),
    });
  });
}

function endTemplate(id: number): TemplatePostProcessor | undefined {
  if (id === -1) return undefined;
  const end = { special: '</s>', typeId: 0 };
  const single = [{ sequence: 'A', typeId: 0 }, end] as const;
  return new TemplatePostProcessor({
    single,
    pair: [...single, { sequence: 'B', typeId: 0 }, end],
    specials: new Map([['</s>', { ids: [id], tokens: ['</s>'] }]]),
  });
}
