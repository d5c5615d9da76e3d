import { BYTE_CHARACTERS, writeUtf8 } from '../byte-characters.ts';
import type { Bpe } from '../models/bpe.ts';
import { SymbolMerger } from '../models/symbol-merger.ts';
import { codePointAt, UnitBuffer } from '../units.ts';
import { hashWord, LONGEST_CACHED_WORD, WordCache } from '../word-cache.ts';
import type { IdBuffer, IdEncoder } from './id-encoder.ts';

/** End of the word that begins at `start`, of the text that ends at `end`. */
export type WordScanner = (units: Uint16Array, start: number, end: number) => number;

/** Byte-level BPE over the words of a scanner. */
export class ByteLevelBpeIds implements IdEncoder {
  readonly #model: Bpe;
  readonly #wordEnd: WordScanner;
  readonly #addPrefixSpace: boolean;
  readonly #byteIds: Int32Array;
  readonly #merger = new SymbolMerger();
  readonly #cache = new WordCache();
  readonly #units = new UnitBuffer();
  readonly #bytes = new Uint8Array(4);

  private constructor(model: Bpe, wordEnd: WordScanner, addPrefixSpace: boolean, byteIds: Int32Array) {
    this.#model = model;
    this.#wordEnd = wordEnd;
    this.#addPrefixSpace = addPrefixSpace;
    this.#byteIds = byteIds;
  }

  /** Undefined where the model has settings that this encoder does not know. */
  static for(model: Bpe, wordEnd: WordScanner, addPrefixSpace: boolean): ByteLevelBpeIds | undefined {
    const { continuingSubwordPrefix = '', endOfWordSuffix = '', dropout = 0 } = model.options;
    const ids = BYTE_CHARACTERS.map((character) => model.vocabulary.id(character));
    if (continuingSubwordPrefix !== '' || endOfWordSuffix !== '' || dropout > 0 || ids.includes(undefined))
      return undefined;
    return new ByteLevelBpeIds(
      model,
      wordEnd,
      addPrefixSpace,
      Int32Array.from(ids, (id) => id ?? 0),
    );
  }

  encode(text: string, start: number, end: number, out: IdBuffer): void {
    const lacksSpace = this.#addPrefixSpace && text.charCodeAt(start) !== 0x20;
    this.#units.fill(text, start, end, lacksSpace ? ' ' : '');
    this.#encodeWords(this.#units.units, this.#units.length, out);
  }

  #encodeWords(units: Uint16Array, length: number, out: IdBuffer): void {
    const cache = this.#cache;
    const wordEnd = this.#wordEnd;
    for (let start = 0; start < length;) {
      const end = wordEnd(units, start, length);
      const isCached = end - start <= LONGEST_CACHED_WORD;
      const hash = isCached ? hashWord(units, start, end) : 0;
      if (!isCached || !cache.append(units, start, end, hash, out)) {
        this.#merge(units, start, end);
        if (isCached) cache.add(units, start, end, hash, this.#merger.ids, this.#merger.length);
        out.append(this.#merger.ids, 0, this.#merger.length);
      }
      start = end;
    }
  }

  /** Leaves the ids of a word in the merger. */
  #merge(units: Uint16Array, start: number, end: number): void {
    const merger = this.#merger;
    merger.length = 0;
    for (let at = start; at < end;) {
      const codePoint = codePointAt(units, at, end);
      const next = at + (codePoint > 0xffff ? 2 : 1);
      const length = writeUtf8(codePoint, this.#bytes, 0);
      for (let byte = 0; byte < length; byte++) merger.push(this.#byteIds[this.#bytes[byte] ?? 0] ?? 0, at, next);
      at = next;
    }
    if (this.#model.options.ignoreMerges === true) {
      const whole = this.#model.vocabulary.id(this.#spelled());
      if (whole !== undefined) {
        merger.length = 0;
        merger.push(whole, start, end);
        return;
      }
    }
    this.#model.mergeSymbols(merger);
  }

  #spelled(): string {
    let text = '';
    for (let at = 0; at < this.#merger.length; at++)
      text += this.#model.vocabulary.token(this.#merger.ids[at] ?? 0) ?? '';
    return text;
  }
}
