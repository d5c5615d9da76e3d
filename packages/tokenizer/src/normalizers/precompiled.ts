import { toUtf8 } from '../byte-characters.ts';
import { checkGrowth } from '../growth.ts';
import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { writeChanges } from './changes.ts';
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
    const changes: { character: string; change: number }[] = [];
    const graphemes = JOINING.test(text) ? this.#segmenter.segment(text) : Array.from(text, (segment) => ({ segment }));
    for (const { segment } of graphemes) {
      const replacement = toUtf8(segment).length < 6 ? this.#replacementOf(segment) : undefined;
      if (replacement !== undefined) replace(changes, segment, replacement);
      else for (const character of segment) replace(changes, character, this.#replacementOf(character) ?? character);
      checkGrowth('a text', changes.length, text.length);
    }
    return source.rewrite((builder) => {
      writeChanges(builder, text, 0, changes);
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

  #replacementOf(part: string): string | undefined {
    if (this.#known.has(part)) return this.#known.get(part);
    const bytes = toUtf8(part);
    const replacement = this.charsmap.find(bytes, 0, bytes.length, false)?.replacement;
    if (this.#known.size >= 100_000) this.#known.clear();
    this.#known.set(part, replacement);
    return replacement;
  }
}

/**
 * Counts as the reference does: characters stand for those of the part one by one, what is more is inserted, and what is less is removed after the last
 * character so far. At the beginning of a text nothing is there to count that, so that offsets are too small from there on.
 */
function replace(changes: { character: string; change: number }[], part: string, replacement: string): void {
  const characters = Array.from(replacement);
  const numRemoved = Array.from(part).length;
  for (const [index, character] of characters.entries()) {
    changes.push({ character, change: index < numRemoved ? 0 : 1 });
  }
  const last = changes.at(-1);
  if (last !== undefined && characters.length < numRemoved) last.change += characters.length - numRemoved;
}
