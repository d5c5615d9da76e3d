import { CONTROL, PUNCTUATION, WHITE_SPACE } from '../character-set.ts';
import type { WordPiece } from '../models/word-piece.ts';
import { codePointWidth, NormalizedString } from '../normalized-string.ts';
import { type BertNormalizer, isIdeograph } from '../normalizers/bert.ts';
import type { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { TokenBuffer } from '../token-buffer.ts';
import { hashWord, LONGEST_CACHED_WORD, WordCache } from '../word-cache.ts';
import type { IdBuffer, IdEncoder } from './id-encoder.ts';

/** Classes of characters in the text as it came. */
const SEPARATOR = 1;
const ALONE = 2;
const ALPHANUMERIC = 3;
const OTHER = 4;

/**
 * BERT's pipeline over raw stretches that no stage joins with their neighbours: white space separates, punctuation and ideographs stand alone. Ids are cached
 * by the raw stretch.
 */
export class WordPieceIds implements IdEncoder {
  readonly #normalizer: BertNormalizer | undefined;
  readonly #preTokenizer: BertPreTokenizer;
  readonly #model: WordPiece;
  readonly #cache = new WordCache();
  readonly #buffer = new TokenBuffer();
  /** Class by code point, 0 = not asked yet. */
  readonly #classes = new Uint8Array(0x110000);

  constructor(normalizer: BertNormalizer | undefined, preTokenizer: BertPreTokenizer, model: WordPiece) {
    this.#normalizer = normalizer;
    this.#preTokenizer = preTokenizer;
    this.#model = model;
  }

  encode(text: string, start: number, end: number, out: IdBuffer): void {
    const classes = this.#classes;
    for (let at = start; at < end;) {
      const unit = text.charCodeAt(at);
      const kind = unit < 0x80 ? (classes[unit] ?? 0) || this.#classify(unit) : this.#classAt(text, at);
      if (kind === SEPARATOR) {
        at += unit < 0x80 ? 1 : codePointWidth(text, at);
        continue;
      }
      let next = at + (unit < 0x80 ? 1 : codePointWidth(text, at));
      let isPlain = kind === ALPHANUMERIC;
      if (kind !== ALONE) {
        while (next < end) {
          const following = text.charCodeAt(next);
          const nextKind =
            following < 0x80 ? (classes[following] ?? 0) || this.#classify(following) : this.#classAt(text, next);
          if (nextKind < ALPHANUMERIC) break;
          if (nextKind === OTHER) isPlain = false;
          next += following < 0x80 ? 1 : codePointWidth(text, next);
        }
      }
      this.#encodeStretch(text, at, Math.min(next, end), isPlain, out);
      at = next;
    }
  }

  #encodeStretch(text: string, start: number, end: number, isPlain: boolean, out: IdBuffer): void {
    const isCached = end - start <= LONGEST_CACHED_WORD;
    const hash = isCached ? hashWord(text, start, end) : 0;
    if (isCached && this.#cache.append(text, start, end, hash, out)) return;
    const buffer = this.#buffer;
    buffer.clear();
    const stretch = text.slice(start, end);
    if (isPlain) this.#model.tokenize(this.#lowers ? stretch.toLowerCase() : stretch, buffer);
    else this.#runStages(stretch);
    if (isCached) this.#cache.add(text, start, end, hash, buffer.ids, buffer.length);
    out.append(buffer.ids, 0, buffer.length);
  }

  #runStages(stretch: string): void {
    const text = NormalizedString.of(stretch);
    const normalized = this.#normalizer === undefined ? text : this.#normalizer.normalize(text);
    for (const word of this.#preTokenizer.split(normalized)) this.#model.tokenize(word.text, this.#buffer);
  }

  get #lowers(): boolean {
    return this.#normalizer !== undefined && (this.#normalizer.options.lowercase ?? true);
  }

  #classAt(text: string, at: number): number {
    const codePoint = text.codePointAt(at) ?? 0;
    return (this.#classes[codePoint] ?? 0) || this.#classify(codePoint);
  }

  #classify(codePoint: number): number {
    const options = this.#normalizer?.options;
    const cleans = this.#normalizer !== undefined && (options?.cleanText ?? true);
    const isDropped = cleans && CONTROL.has(codePoint) && ![0x09, 0x0a, 0x0d].includes(codePoint);
    const standsAlone =
      this.#normalizer !== undefined && (options?.handleChineseChars ?? true) && isIdeograph(codePoint);
    let kind = OTHER;
    if (WHITE_SPACE.has(codePoint) && !isDropped) kind = SEPARATOR;
    else if (PUNCTUATION.has(codePoint) || standsAlone) kind = ALONE;
    else if (codePoint < 0x80 && !isDropped) kind = ALPHANUMERIC;
    this.#classes[codePoint] = kind;
    return kind;
  }
}
