import { FuseDecoder } from '../decoders/fuse.ts';
import { Bpe } from '../models/bpe.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { Tokenizer } from '../tokenizer.ts';
import { type AlphabetOptions, alphabetOf } from './alphabet.ts';
import { addedTokensOf } from './special-tokens.ts';
import { type AsyncCorpus, type Corpus, countThenLearn, type TextCounter, type TrainerControls } from './trainer.ts';

/** How to make a vocabulary of characters. */
export interface CharactersOptions extends TrainerControls, AlphabetOptions {
  /** Tokens that get the first ids. Default the unknown token, if there is one. */
  readonly specialTokens?: readonly string[];
  /** Token for other characters; null leaves them out. Default `<unk>`. */
  readonly unknownToken?: string | null;
}

/**
 * A tokenizer whose tokens are the characters (code points) of a corpus, in the order of their code points.
 *
 * The file form is the one that other libraries read: BPE without merges over a split between all characters.
 *
 * @throws {TokenizerError} `CANCELLED`.
 */
export function trainCharacters(corpus: Corpus, options?: CharactersOptions): Tokenizer;
/** The same for a corpus that arrives piece by piece. */
export function trainCharacters(corpus: AsyncCorpus, options?: CharactersOptions): Promise<Tokenizer>;
export function trainCharacters(
  corpus: Corpus | AsyncCorpus,
  options: CharactersOptions = {},
): Tokenizer | Promise<Tokenizer> {
  const unknownToken = options.unknownToken === null ? undefined : (options.unknownToken ?? '<unk>');
  const given = options.specialTokens ?? [];
  const specialTokens = unknownToken === undefined || given.includes(unknownToken) ? given : [unknownToken, ...given];
  return countThenLearn(corpus, new CharacterCounter(), options, (counts) => {
    const alphabet = alphabetOf(counts, options);
    return new Tokenizer({
      preTokenizer: new SplitPreTokenizer({ pattern: new LiteralPattern(''), behavior: 'Isolated' }),
      model: new Bpe({
        vocabulary: Vocabulary.fromTokens([...new Set([...specialTokens, ...alphabet])]),
        merges: [],
        unknownToken,
      }),
      decoder: new FuseDecoder(),
      addedTokens: addedTokensOf(specialTokens, 0),
    });
  });
}

class CharacterCounter implements TextCounter {
  readonly #counts = new Map<string, number>();

  add(text: string): void {
    for (const character of text) this.#counts.set(character, (this.#counts.get(character) ?? 0) + 1);
  }

  finish(): Map<string, number> {
    return this.#counts;
  }
}
