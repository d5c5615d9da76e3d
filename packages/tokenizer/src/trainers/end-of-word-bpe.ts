import { BpeDecoder } from '../decoders/bpe.ts';
import { Bpe } from '../models/bpe.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { Tokenizer } from '../tokenizer.ts';
import { countWords } from './count-words.ts';
import { learnMerges, type MergeOptions } from './learn-merges.ts';
import type { PipelineOptions } from './pipeline.ts';
import { addedTokensOf } from './special-tokens.ts';
import type { Corpus, TrainerControls } from './trainer.ts';

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
export function trainEndOfWordBpe(corpus: Corpus, options: EndOfWordBpeOptions = {}): Tokenizer {
  const {
    unknownToken = '<unk>',
    specialTokens = [unknownToken],
    endOfWordSuffix = '</w>',
    normalizer = new BertNormalizer(),
    preTokenizer = new BertPreTokenizer(),
  } = options;
  const words = countWords(corpus, { normalizer, preTokenizer }, options);
  const { tokens, merges } = learnMerges(words, { ...options, specialTokens, endOfWordSuffix }, options);
  return new Tokenizer({
    normalizer,
    preTokenizer,
    model: new Bpe({ vocabulary: Vocabulary.fromTokens(tokens), merges, unknownToken, endOfWordSuffix }),
    decoder: new BpeDecoder(endOfWordSuffix),
    addedTokens: addedTokensOf(specialTokens, 0),
  });
}
