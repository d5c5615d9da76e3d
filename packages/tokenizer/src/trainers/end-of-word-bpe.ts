import { BpeDecoder } from '../decoders/bpe.ts';
import { Bpe } from '../models/bpe.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { Tokenizer } from '../tokenizer.ts';
import { WordCounter } from './count-words.ts';
import { learnMerges, type MergeOptions } from './learn-merges.ts';
import type { PipelineOptions } from './pipeline.ts';
import { addedTokensOf } from './special-tokens.ts';
import { type AsyncCorpus, type Corpus, countThenLearn, type TrainerControls } from './trainer.ts';

/** How to train GPT-1's kind of tokenizer. */
export interface EndOfWordBpeOptions extends TrainerControls, PipelineOptions, MergeOptions {
  /** Token for characters outside the alphabet. Default `<unk>`. */
  readonly unknownToken?: string;
  /** Ends every word. Default `</w>`. */
  readonly endOfWordSuffix?: string;
}

/**
 * Trains byte-pair encoding over lower-case words that end with `</w>`.
 *
 * @throws {TokenizerError} `CANCELLED`.
 * @see Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 4.1.
 */
export function trainEndOfWordBpe(corpus: Corpus, options?: EndOfWordBpeOptions): Tokenizer;
/** The same for a corpus that arrives piece by piece. */
export function trainEndOfWordBpe(corpus: AsyncCorpus, options?: EndOfWordBpeOptions): Promise<Tokenizer>;
export function trainEndOfWordBpe(
  corpus: Corpus | AsyncCorpus,
  options: EndOfWordBpeOptions = {},
): Tokenizer | Promise<Tokenizer> {
  const {
    unknownToken = '<unk>',
    specialTokens = [unknownToken],
    endOfWordSuffix = '</w>',
    normalizer = new BertNormalizer(),
    preTokenizer = new BertPreTokenizer(),
  } = options;
  const merging = { ...options, specialTokens, endOfWordSuffix };
  return countThenLearn(corpus, new WordCounter({ normalizer, preTokenizer }), options, (words) => {
    const { tokens, merges } = learnMerges(words, merging, options);
    return new Tokenizer({
      normalizer,
      preTokenizer,
      model: new Bpe({ vocabulary: Vocabulary.fromTokens(tokens), merges, unknownToken, endOfWordSuffix }),
      decoder: new BpeDecoder(endOfWordSuffix),
      addedTokens: addedTokensOf(specialTokens, 0),
    });
  });
}
