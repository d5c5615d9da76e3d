import { shown, TokenizerError } from '../errors.ts';
import type { TokenBuffer } from '../token-buffer.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Model } from './model.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One token per word. */
export class WordLevel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string;

  constructor({ vocabulary, unknownToken }: { readonly vocabulary: Vocabulary; readonly unknownToken: string }) {
    this.vocabulary = vocabulary;
    this.unknownToken = unknownToken;
  }

  tokenize(word: string, out: TokenBuffer): void {
    const id = this.vocabulary.id(word) ?? this.vocabulary.id(this.unknownToken);
    if (id === undefined) throw missingUnknownToken(this.unknownToken, word);
    out.push(id, 0, word.length);
  }

  toJson(): JsonOutput {
    return { type: 'WordLevel', vocab: this.vocabulary.toJson(), unk_token: this.unknownToken };
  }
}

/** The error of a model that needs its unknown token and does not find it. */
export function missingUnknownToken(unknownToken: string, word: string): TokenizerError {
  return new TokenizerError(
    'TOKENIZER_UNKNOWN_TOKEN',
    `the unknown token ${shown(unknownToken)} must be in the vocabulary`,
    {
      actual: `the word ${shown(word)}`,
      hint: 'Add it to the vocabulary.',
    },
  );
}
