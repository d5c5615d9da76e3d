import { codePointWidth } from '../normalized-string.ts';
import type { TokenBuffer } from '../token-buffer.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Model } from './model.ts';
import { Trie } from './trie.ts';
import type { Vocabulary } from './vocabulary.ts';
import { missingUnknownToken } from './word-level.ts';

/** Settings of WordPiece; the defaults are BERT's. */
export interface WordPieceOptions {
  readonly vocabulary: Vocabulary;
  /** Token for words that cannot be spelled. Default `[UNK]`. */
  readonly unknownToken?: string;
  /** Begins every piece but the first of a word. Default `##`. */
  readonly continuingSubwordPrefix?: string;
  /** Longer words, in characters, are unknown. Default 100. */
  readonly maxInputCharsPerWord?: number;
}

/**
 * Greedy longest match from the left; a word that does not come out even is one unknown token.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers", section 3. <https://arxiv.org/abs/1810.04805>
 */
export class WordPiece implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string;
  readonly continuingSubwordPrefix: string;
  readonly maxInputCharsPerWord: number;
  readonly #beginnings: Trie;
  readonly #continuations: Trie;

  constructor(options: WordPieceOptions) {
    const { vocabulary, unknownToken = '[UNK]', continuingSubwordPrefix = '##', maxInputCharsPerWord = 100 } = options;
    this.vocabulary = vocabulary;
    this.unknownToken = unknownToken;
    this.continuingSubwordPrefix = continuingSubwordPrefix;
    this.maxInputCharsPerWord = maxInputCharsPerWord;
    // Pieces that are longer than any known word are never found.
    const pieces = [...vocabulary.entries()].filter(
      ([token]) => !hasMoreCharacters(token, maxInputCharsPerWord + continuingSubwordPrefix.length),
    );
    this.#beginnings = Trie.ofStrings(pieces);
    this.#continuations = Trie.ofStrings(
      pieces
        .filter(([token]) => token.startsWith(continuingSubwordPrefix))
        .map(([token, id]) => [token.slice(continuingSubwordPrefix.length), id] as const),
    );
  }

  tokenize(word: string, out: TokenBuffer): void {
    if (!this.#spell(word, out)) {
      const id = this.vocabulary.id(this.unknownToken);
      if (id === undefined) throw missingUnknownToken(this.unknownToken, word);
      out.push(id, 0, word.length);
    }
  }

  toJson(): JsonOutput {
    return {
      type: 'WordPiece',
      unk_token: this.unknownToken,
      continuing_subword_prefix: this.continuingSubwordPrefix,
      max_input_chars_per_word: this.maxInputCharsPerWord,
      vocab: this.vocabulary.toJson(),
    };
  }

  /** Writes the pieces; writes nothing and returns false when there is no way. */
  #spell(word: string, out: TokenBuffer): boolean {
    if (hasMoreCharacters(word, this.maxInputCharsPerWord)) return false;
    const before = out.length;
    for (let start = 0; start < word.length;) {
      const trie = start === 0 ? this.#beginnings : this.#continuations;
      let id = -1;
      let end = start;
      let at = start;
      for (let node = trie.first(word.charCodeAt(at++)); node !== -1; node = trie.next(node, word.charCodeAt(at++))) {
        const value = trie.valueAt(node);
        if (value !== -1) {
          id = value;
          end = at;
        }
        if (at === word.length) break;
      }
      if (id === -1) {
        out.length = before;
        return false;
      }
      out.push(id, start, end);
      start = end;
    }
    return true;
  }
}

function hasMoreCharacters(word: string, most: number): boolean {
  if (word.length <= most) return false;
  let count = 0;
  for (let at = 0; at < word.length; at += codePointWidth(word, at)) if (++count > most) return true;
  return false;
}
