/** Ids to text: what streaming needs of a tokenizer. */
export interface TokenDecoder {
  decode(ids: Iterable<number>): string;
}

const REPLACEMENT = '\ufffd';

/** Tokens that are decoded again with each new one, because spaces and the like depend on the neighbours. */
const CONTEXT_TOKENS = 6;

/**
 * Turns ids into pieces of text whose concatenation is the text of all ids. A character whose bytes come in several tokens is held back until it is
 * whole.
 */
export class TextStream {
  readonly #decoder: TokenDecoder;
  /** Ids from which the next piece is decoded. */
  #ids: number[] = [];
  /** The text of `#ids` that is given out already. */
  #given = '';

  constructor(decoder: TokenDecoder) {
    this.#decoder = decoder;
  }

  /** The text that one more id makes certain; often empty. */
  push(id: number): string {
    this.#ids.push(id);
    const text = this.#decoder.decode(this.#ids);
    if (text.endsWith(REPLACEMENT) || !text.startsWith(this.#given)) return '';
    const piece = text.slice(this.#given.length);
    this.#given = text;
    this.#forget();
    return piece;
  }

  /** What is held back, at the end: bytes that make no character become U+FFFD. */
  finish(): string {
    const text = this.#decoder.decode(this.#ids);
    const piece = text.startsWith(this.#given) ? text.slice(this.#given.length) : '';
    this.#ids = [];
    this.#given = '';
    return piece;
  }

  /** Forgets old ids, so that the time per token does not grow. */
  #forget(): void {
    if (this.#ids.length < 2 * CONTEXT_TOKENS) return;
    const kept = this.#ids.slice(-CONTEXT_TOKENS);
    const text = this.#decoder.decode(kept);
    // Not in the middle of a character.
    if (text.includes(REPLACEMENT) || !this.#given.endsWith(text)) return;
    this.#ids = kept;
    this.#given = text;
  }
}
