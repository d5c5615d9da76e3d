import { Encoding } from './encoding.ts';
import type { NormalizedString } from './normalized-string.ts';
import type { Vocabulary } from './models/vocabulary.ts';
import type { TokenBuffer } from './token-buffer.ts';

/** Collects the tokens of one text, word by word, and traces them back to the original. */
export class EncodingWriter {
  readonly #texts: readonly string[];
  readonly #sequence: number;
  readonly #ids: number[] = [];
  readonly #tokens: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #wordIds: number[] = [];
  #word = 0;

  constructor(texts: readonly string[], sequence: number) {
    this.#texts = texts;
    this.#sequence = sequence;
  }

  /** An added token: a word of its own. */
  addToken(id: number, text: NormalizedString): void {
    this.#push(id, text.text, text.originalStart(0), text.originalEnd(text.text.length));
    this.#word++;
  }

  addWord(word: NormalizedString, tokens: TokenBuffer, vocabulary: Vocabulary): void {
    for (let at = 0; at < tokens.length; at++) {
      const id = tokens.ids[at] ?? 0;
      const token = tokens.texts.get(at) ?? vocabulary.token(id) ?? '';
      this.#push(id, token, word.originalStart(tokens.starts[at] ?? 0), word.originalEnd(tokens.ends[at] ?? 0));
    }
    this.#word++;
  }

  finish(): Encoding {
    const { length } = this.#ids;
    return new Encoding({
      texts: this.#texts,
      ids: Int32Array.from(this.#ids),
      tokens: this.#tokens,
      starts: Int32Array.from(this.#starts),
      ends: Int32Array.from(this.#ends),
      typeIds: new Int32Array(length).fill(this.#sequence),
      attentionMask: new Uint8Array(length).fill(1),
      specialTokensMask: new Uint8Array(length),
      wordIds: Int32Array.from(this.#wordIds),
      sequenceIds: new Int32Array(length).fill(this.#sequence),
      overflowing: [],
    });
  }

  #push(id: number, token: string, start: number, end: number): void {
    this.#ids.push(id);
    this.#tokens.push(token);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#wordIds.push(this.#word);
  }
}
