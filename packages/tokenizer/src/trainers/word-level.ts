import { WordLevel } from '../models/word-level.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WhitespacePreTokenizer } from '../pre-tokenizers/whitespace.ts';
import { Tokenizer } from '../tokenizer.ts';
import { compareCodePoints } from './compare-text.ts';
import { WordCounter } from './count-words.ts';
import { addedTokensOf } from './special-tokens.ts';
import type { PipelineOptions } from './pipeline.ts';
import { type AsyncCorpus, type Corpus, countThenLearn, type TrainerControls } from './trainer.ts';

/** How to make a vocabulary of whole words. */
export interface WordLevelOptions extends TrainerControls, PipelineOptions {
  /** Tokens to end with, special ones included. Default 30,000. */
  readonly vocabSize?: number;
  /** Rarer words are left out. Default 0. */
  readonly minFrequency?: number;
  /** Tokens that get the first ids. Default the unknown token. */
  readonly specialTokens?: readonly string[];
  /** Token for other words. Default `[UNK]`. */
  readonly unknownToken?: string;
}

/**
 * The most frequent words of a corpus, in that order, equally frequent ones by code points.
 *
 * @throws {TokenizerError} `CANCELLED`.
 */
export function trainWordLevel(corpus: Corpus, options?: WordLevelOptions): Tokenizer;
/** The same for a corpus that arrives piece by piece. */
export function trainWordLevel(corpus: AsyncCorpus, options?: WordLevelOptions): Promise<Tokenizer>;
export function trainWordLevel(
  corpus: Corpus | AsyncCorpus,
  options: WordLevelOptions = {},
): Tokenizer | Promise<Tokenizer> {
  const { vocabSize = 30_000, minFrequency = 0, unknownToken = '[UNK]', specialTokens = [unknownToken] } = options;
  const { normalizer, preTokenizer = new WhitespacePreTokenizer() } = options;
  return countThenLearn(corpus, new WordCounter({ normalizer, preTokenizer }), options, (counts) => {
    const words = [...counts]
      .filter(([, count]) => count >= minFrequency)
      .sort(([a, x], [b, y]) => y - x || compareCodePoints(a, b))
      .map(([word]) => word);
    const tokens = [...new Set([...specialTokens, ...words])].slice(0, Math.max(vocabSize, specialTokens.length));
    return new Tokenizer({
      normalizer,
      preTokenizer,
      model: new WordLevel({ vocabulary: Vocabulary.fromTokens(tokens), unknownToken }),
      addedTokens: addedTokensOf(specialTokens, 0),
    });
  });
}
