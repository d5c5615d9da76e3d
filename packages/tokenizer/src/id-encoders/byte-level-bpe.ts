import { BYTE_CHARACTERS, writeUtf8 } from '../byte-characters.ts';
import type { Bpe } from '../models/bpe.ts';
import { SymbolMerger } from '../models/symbol-merger.ts';
import { codePointWidth } from '../normalized-string.ts';
import { hashWord, LONGEST_CACHED_WORD, WordCache } from '../word-cache.ts';
import type { IdBuffer, IdEncoder } from './id-encoder.ts';

/** End of the word that begins at `start`. */
export type WordScanner = (text: string, start: number, end: number) => number;

/** Byte-level BPE over the words of a scanner. */
export class ByteLevelBpeIds implements IdEncoder {
  readonly #model: Bpe;
  readonly #wordEnd: WordScanner;
  readonly #addPrefixSpace: boolean;
  readonly #byteIds: Int32Array;
  readonly #merger = new SymbolMerger();
  readonly #cache = new WordCache();
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
    if (this.#addPrefixSpace && text.charCodeAt(start) !== 0x20) {
      this.#encodeWords(` ${text.slice(start, end)}`, 0, end - start + 1, out);
    } else {
      this.#encodeWords(text, start, end, out);
    }
  }

  #encodeWords(text: string, start: number, end: number, out: IdBuffer): void {
    const cache = this.#cache;
    const wordEnd = this.#wordEnd;
    for (let from = start; from < end;) {
      const to = wordEnd(text, from, end);
      const isCached = to - from <= LONGEST_CACHED_WORD;
      const hash = isCached ? hashWord(text, from, to) : 0;
      if (!isCached || !cache.append(text, from, to, hash, out)) {
        this.#merge(text, from, to);
        if (isCached) cache.add(text, from, to, hash, this.#merger.ids, this.#merger.length);
        out.append(this.#merger.ids, 0, this.#merger.length);
      }
      from = to;
    }
  }

  /** Leaves the ids of a word in the merger. */
  #merge(text: string, start: number, end: number): void {
    const merger = this.#merger;
    merger.length = 0;
    for (let at = start; at < end;) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) {
        merger.push(this.#byteIds[unit] ?? 0, at, ++at);
        continue;
      }
      const next = at + codePointWidth(text, at);
      const length = writeUtf8(text.codePointAt(at) ?? 0, this.#bytes, 0);
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
    const walker = merger.length > LONGEST_CACHED_WORD ? this.#model.walker : undefined;
    if (walker === undefined) merger.merge(this.#model.pairs);
    else walker.walk(merger);
  }

  #spelled(): string {
    let text = '';
    for (let at = 0; at < this.#merger.length; at++)
      text += this.#model.vocabulary.token(this.#merger.ids[at] ?? 0) ?? '';
    return text;
  }
}
