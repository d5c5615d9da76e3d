import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { cutAtCharacters } from './cut.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** When a text gets a replacement character in front: always, only where it begins the whole input, or never. */
export const PREPEND_SCHEMES = ['always', 'first', 'never'] as const;

/** One of `PREPEND_SCHEMES`. */
export type PrependScheme = (typeof PREPEND_SCHEMES)[number];

/** Settings of SentencePiece's spaces; the same for pre-tokenizer and decoder. */
export interface MetaspaceOptions {
  /** One character. Default U+2581, a low block that looks like an underscore. */
  readonly replacement?: string;
  readonly prependScheme?: PrependScheme;
  /** Cut into words before each replacement character. Default true. */
  readonly split?: boolean;
}

/**
 * Makes spaces visible, so that decoding can give them back.
 *
 * @see Kudo and Richardson 2018, "SentencePiece: A simple and language independent subword tokenizer", section 3.1. <https://arxiv.org/abs/1808.06226>
 */
export class MetaspacePreTokenizer implements PreTokenizer {
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  readonly #cuts: boolean;

  constructor({ replacement = '\u2581', prependScheme = 'always', split = true }: MetaspaceOptions = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.#cuts = split;
  }

  /** Whether words are cut before each replacement character. */
  get splits(): boolean {
    return this.#cuts;
  }

  split(input: NormalizedString): NormalizedString[] {
    let text = this.#withVisibleSpaces(input);
    const isFirst = this.prependScheme === 'always' || (this.prependScheme === 'first' && input.originalStart(0) === 0);
    if (isFirst && !text.text.startsWith(this.replacement)) text = text.prepend(this.replacement);
    if (!this.#cuts) return text.text === '' ? [] : [text];
    const separator = this.replacement.codePointAt(0);
    return cutAtCharacters(text, (codePoint) => codePoint === separator, 'MergedWithNext');
  }

  toJson(): JsonOutput {
    return {
      type: 'Metaspace',
      replacement: this.replacement,
      prepend_scheme: this.prependScheme,
      split: this.#cuts,
    };
  }

  #withVisibleSpaces(input: NormalizedString): NormalizedString {
    const { replacement } = this;
    if (replacement.length === 1) return input.withText(input.text.replaceAll(' ', replacement));
    return input.rewrite((builder) => {
      let from = 0;
      for (let at = input.text.indexOf(' '); at !== -1; at = input.text.indexOf(' ', at + 1)) {
        builder.keep(from, at);
        builder.push(replacement, at, at + 1);
        from = at + 1;
      }
      builder.keep(from, input.text.length);
    });
  }
}
