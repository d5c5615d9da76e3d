import { FuseDecoder } from '../decoders/fuse.ts';
import { Bpe } from '../models/bpe.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { Tokenizer } from '../tokenizer.ts';
import { type AlphabetOptions, alphabetOf } from './alphabet.ts';
import { addedTokensOf } from './special-tokens.ts';
import { type Corpus, throwIfAborted, type TrainerControls } from './trainer.ts';

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
export function trainCharacters(corpus: Corpus, options: CharactersOptions = {}): Tokenizer {
  const unknownToken = options.unknownToken === null ? undefined : (options.unknownToken ?? '<unk>');
  const given = options.specialTokens ?? [];
  const specialTokens = unknownToken === undefined || given.includes(unknownToken) ? given : [unknownToken, ...given];
  const alphabet = alphabetOf(countCharacters(corpus, options), options);
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
}

function countCharacters(corpus: Corpus, { onProgress, signal }: TrainerControls): Map<string, number> {
  const counts = new Map<string, number>();
  let numTexts = 0;
  for (const text of corpus) {
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    if (++numTexts % 1000 === 0) {
      throwIfAborted(signal);
      onProgress?.({ phase: 'count', done: numTexts });
    }
  }
  throwIfAborted(signal);
  return counts;
}
