import { toUtf8 } from '../byte-characters.ts';
import { codePointWidth, type AlignedTextBuilder, type NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { Charsmap, toBase64 } from './charsmap.ts';
import type { Normalizer } from './normalizer.ts';

/** What can make a grapheme of several characters; texts without any need no segmentation. */
const JOINING =
  /[\p{M}\p{Grapheme_Extend}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Cf}\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\r\u{110bd}\u{110cd}\u{111c2}\u{111c3}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]/u;

/**
 * Applies a charsmap as tokenizers of Hugging Face do: to each grapheme of fewer than six bytes, else to each of its characters, and to the shortest
 * prefix that has a rule. SentencePiece itself takes the longest prefix at each place.
 */
export class PrecompiledNormalizer implements Normalizer {
  readonly charsmap: Charsmap;
  readonly bytes: Uint8Array;
  readonly #known = new Map<string, string | undefined>();
  readonly #segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

  /** @throws {TokenizerError} `TOKENIZER_CHARSMAP`. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.charsmap = new Charsmap(bytes);
  }

  normalize(source: NormalizedString): NormalizedString {
    const { text } = source;
    if (!this.#hasRule(text)) return source;
    return source.rewrite((builder) => {
      if (!JOINING.test(text)) {
        this.#writeCharacters(builder, text, 0);
        return;
      }
      for (const { segment, index } of this.#segmenter.segment(text)) {
        const replacement = toUtf8(segment).length < 6 ? this.#replacementOf(segment) : undefined;
        if (replacement === undefined) this.#writeCharacters(builder, segment, index);
        else writeReplacement(builder, segment, index, replacement);
      }
    });
  }

  toJson(): JsonOutput {
    return { type: 'Precompiled', precompiled_charsmap: toBase64(this.bytes) };
  }

  #hasRule(text: string): boolean {
    if (JOINING.test(text)) return true;
    for (const character of text) if (this.#replacementOf(character) !== undefined) return true;
    return false;
  }

  #writeCharacters(builder: AlignedTextBuilder, text: string, offset: number): void {
    for (let at = 0; at < text.length;) {
      const end = at + codePointWidth(text, at);
      const replacement = this.#replacementOf(text.slice(at, end));
      if (replacement === undefined) builder.keep(offset + at, offset + end);
      else builder.push(replacement, offset + at, offset + end);
      at = end;
    }
  }

  #replacementOf(part: string): string | undefined {
    if (this.#known.has(part)) return this.#known.get(part);
    const bytes = toUtf8(part);
    const replacement = this.charsmap.find(bytes, 0, bytes.length, false)?.replacement;
    if (this.#known.size >= 100_000) this.#known.clear();
    this.#known.set(part, replacement);
    return replacement;
  }
}

/** Characters of the replacement stand for those of the grapheme one by one; the last of them takes what is left over. */
function writeReplacement(builder: AlignedTextBuilder, grapheme: string, offset: number, replacement: string): void {
  let start = 0;
  let end = 0;
  for (const character of replacement) {
    if (end < grapheme.length) {
      start = end;
      end += codePointWidth(grapheme, start);
    }
    builder.push(character, offset + start, offset + end);
  }
}
