import { BYTE_CHARACTERS } from '../byte-characters.ts';
import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { Bpe } from '../models/bpe.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { ByteLevelPostProcessor } from '../post-processors/byte-level.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { Tokenizer } from '../tokenizer.ts';
import { WordCounter } from './count-words.ts';
import { learnMerges } from './learn-merges.ts';
import { addedTokensOf } from './special-tokens.ts';
import { type AsyncCorpus, type Corpus, countThenLearn, type TrainerControls } from './trainer.ts';

/** How to train GPT-2's kind of tokenizer. */
export interface ByteLevelBpeOptions extends TrainerControls {
  /** Tokens to end with, special ones and the 256 bytes included. Default 30,000. */
  readonly vocabSize?: number;
  /** Pairs that occur less often are not merged. Default 2. */
  readonly minFrequency?: number;
  /** Tokens that get the first ids. Default `<|endoftext|>`. */
  readonly specialTokens?: readonly string[];
  /** Put a space before a text that does not begin with one. Default false. */
  readonly addPrefixSpace?: boolean;
  /** Merged tokens have fewer bytes than this. Default no bound. */
  readonly maxTokenLength?: number;
}

/**
 * Trains byte-level BPE: any text can be encoded, and decoding gives it back. The same corpus gives the same tokenizer, id by id, as
 * huggingface/tokenizers.
 *
 * @throws {TokenizerError} `CANCELLED`.
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2.
 * @example
 * const tokenizer = trainByteLevelBpe(lines, { vocabSize: 8000 });
 */
export function trainByteLevelBpe(corpus: Corpus, options?: ByteLevelBpeOptions): Tokenizer;
/** The same for a corpus that arrives piece by piece. */
export function trainByteLevelBpe(corpus: AsyncCorpus, options?: ByteLevelBpeOptions): Promise<Tokenizer>;
export function trainByteLevelBpe(
  corpus: Corpus | AsyncCorpus,
  options: ByteLevelBpeOptions = {},
): Tokenizer | Promise<Tokenizer> {
  const { minFrequency = 2, specialTokens = ['<|endoftext|>'], addPrefixSpace = false } = options;
  const preTokenizer = new ByteLevelPreTokenizer({ addPrefixSpace });
  const merging = { ...options, minFrequency, specialTokens, initialAlphabet: BYTE_CHARACTERS };
  return countThenLearn(corpus, new WordCounter({ preTokenizer }), options, (words) => {
    const { tokens, merges } = learnMerges(words, merging, options);
    return new Tokenizer({
      preTokenizer,
      model: new Bpe({ vocabulary: Vocabulary.fromTokens(tokens), merges }),
      postProcessor: new ByteLevelPostProcessor({ trimOffsets: false }),
      decoder: new ByteLevelDecoder(),
      addedTokens: addedTokensOf(specialTokens, 0),
    });
  });
}
