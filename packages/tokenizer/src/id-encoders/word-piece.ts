import { CONTROL, PUNCTUATION, WHITE_SPACE } from '../character-set.ts';
import type { WordPiece } from '../models/word-piece.ts';
import { NormalizedString } from '../normalized-string.ts';
import { type BertNormalizer, isIdeograph } from '../normalizers/bert.ts';
import type { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { TokenBuffer } from '../token-buffer.ts';
import { codePointAt, UnitBuffer, widthAt } from '../units.ts';
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
  readonly #units = new UnitBuffer();
  readonly #buffer = new TokenBuffer();
  /** Class by code point, 0 = not asked yet; always so for the first half of a pair. */
  readonly #classes = new Uint8Array(0x110000);

  constructor(normalizer: BertNormalizer | undefined, preTokenizer: BertPreTokenizer, model: WordPiece) {
    this.#normalizer = normalizer;
    this.#preTokenizer = preTokenizer;
    this.#model = model;
  }

  encode(text: string, start: number, end: number, out: IdBuffer): void {
    this.#units.fill(text, start, end);
    const { units, length } = this.#units;
    for (let at = 0; at < length;) {
      const kind = this.#classAt(units, at, length);
      let next = at + widthAt(units, at, length);
      if (kind === SEPARATOR) {
        at = next;
        continue;
      }
      let isPlain = kind === ALPHANUMERIC;
      while (kind !== ALONE && next < length) {
        const nextKind = this.#classAt(units, next, length);
        if (nextKind < ALPHANUMERIC) break;
        if (nextKind === OTHER) isPlain = false;
        next += widthAt(units, next, length);
      }
      this.#encodeStretch(text, start, at, next, isPlain, out);
      at = next;
    }
  }

  #encodeStretch(text: string, offset: number, start: number, end: number, isPlain: boolean, out: IdBuffer): void {
    const { units } = this.#units;
    const isCached = end - start <= LONGEST_CACHED_WORD;
    const hash = isCached ? hashWord(units, start, end) : 0;
    if (isCached && this.#cache.append(units, start, end, hash, out)) return;
    const buffer = this.#buffer;
    buffer.clear();
    const stretch = text.slice(offset + start, offset + end);
    if (isPlain) this.#model.tokenize(this.#lowers ? stretch.toLowerCase() : stretch, buffer);
    else this.#runStages(stretch);
    if (isCached) this.#cache.add(units, start, end, hash, buffer.ids, buffer.length);
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

  #classAt(units: Uint16Array, at: number, end: number): number {
    const known = this.#classes[units[at] ?? 0] ?? 0;
    if (known !== 0) return known;
    const codePoint = codePointAt(units, at, end);
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
    if (codePoint < 0xd800 || codePoint > 0xdbff) this.#classes[codePoint] = kind;
    return kind;
  }
}
