import type { TokenBuffer } from '../token-buffer.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The stage that turns one pre-tokenized word into ids. */
export interface Model {
  readonly vocabulary: Vocabulary;

  /**
   * Appends the tokens of `word`, with positions in UTF-16 units of it.
   *
   * @throws {TokenizerError} `TOKENIZER_UNKNOWN_TOKEN` when the word needs the unknown token and there is none.
   */
  tokenize(word: string, out: TokenBuffer): void;

  toJson(): JsonOutput;
}
