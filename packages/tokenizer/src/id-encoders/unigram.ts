import type { Unigram } from '../models/unigram.ts';
import { NormalizedString } from '../normalized-string.ts';
import { LowercaseNormalizer } from '../normalizers/lowercase.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { ReplaceNormalizer } from '../normalizers/replace.ts';
import { SentencePieceNormalizer } from '../normalizers/sentence-piece.ts';
import { SequenceNormalizer } from '../normalizers/sequence.ts';
import { StripAccentsNormalizer, UnicodeNormalizer } from '../normalizers/unicode.ts';
import { NmtNormalizer } from '../normalizers/whitespace.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import type { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { TokenBuffer } from '../token-buffer.ts';
import { UnitBuffer } from '../units.ts';
import { hashWord, LONGEST_CACHED_WORD, WordCache } from '../word-cache.ts';
import type { IdBuffer, IdEncoder } from './id-encoder.ts';

/**
 * SentencePiece's pipeline over stretches between spaces. Each but the first of a text begins with the visible space of the one before it; ids are cached by
 * the raw stretch.
 */
export class UnigramIds implements IdEncoder {
  readonly #normalizer: Normalizer | undefined;
  readonly #preTokenizer: MetaspacePreTokenizer;
  readonly #model: Unigram;
  readonly #dropsExtraSpaces: boolean;
  readonly #cache = new WordCache();
  readonly #units = new UnitBuffer();
  readonly #buffer = new TokenBuffer();

  private constructor(normalizer: Normalizer | undefined, preTokenizer: MetaspacePreTokenizer, model: Unigram) {
    this.#normalizer = normalizer;
    this.#preTokenizer = preTokenizer;
    this.#model = model;
    this.#dropsExtraSpaces = normalizer instanceof SentencePieceNormalizer;
  }

  /** Undefined where a stage could look across a space. */
  static for(
    normalizer: Normalizer | undefined,
    preTokenizer: MetaspacePreTokenizer,
    model: Unigram,
  ): UnigramIds | undefined {
    if (preTokenizer.prependScheme !== 'always' || !preTokenizer.splits || preTokenizer.replacement.length !== 1)
      return undefined;
    return normalizer === undefined || isLocal(normalizer)
      ? new UnigramIds(normalizer, preTokenizer, model)
      : undefined;
  }

  encode(text: string, start: number, end: number, out: IdBuffer): void {
    let from = start;
    for (let isFirst = true; from <= end; isFirst = false) {
      const space = text.indexOf(' ', from);
      const to = space === -1 || space > end ? end : space;
      // A text that begins with a space has its visible space from there.
      if (isFirst && !this.#dropsExtraSpaces) this.#encodeFirst(text.slice(from, to), out);
      else if (from < to || !this.#dropsExtraSpaces) this.#encodeStretch(text, from, to, out);
      from = to + 1;
    }
  }

  #encodeFirst(stretch: string, out: IdBuffer): void {
    this.#buffer.clear();
    for (const word of this.#preTokenizer.split(this.#normalized(stretch)))
      this.#model.tokenize(word.text, this.#buffer);
    out.append(this.#buffer.ids, 0, this.#buffer.length);
  }

  #encodeStretch(text: string, start: number, end: number, out: IdBuffer): void {
    const length = end - start;
    const isCached = length <= LONGEST_CACHED_WORD;
    if (isCached) this.#units.fill(text, start, end);
    const { units } = this.#units;
    const hash = isCached ? hashWord(units, 0, length) : 0;
    if (isCached && this.#cache.append(units, 0, length, hash, out)) return;
    const buffer = this.#buffer;
    buffer.clear();
    this.#tokenize(text.slice(start, end));
    if (isCached) this.#cache.add(units, 0, length, hash, buffer.ids, buffer.length);
    out.append(buffer.ids, 0, buffer.length);
  }

  /** A stretch after a space. */
  #tokenize(stretch: string): void {
    const { replacement } = this.#preTokenizer;
    const normalized = this.#normalized(stretch).text;
    if (normalized === '' && this.#dropsExtraSpaces) return;
    const visible = replacement + normalized.replaceAll(' ', replacement);
    for (let from = 0; from < visible.length;) {
      const next = visible.indexOf(replacement, from + 1);
      const to = next === -1 ? visible.length : next;
      this.#model.tokenize(visible.slice(from, to), this.#buffer);
      from = to;
    }
  }

  #normalized(stretch: string): NormalizedString {
    const text = NormalizedString.of(stretch);
    return this.#normalizer === undefined ? text : this.#normalizer.normalize(text);
  }
}

/** Whether a normalizer gives the same for stretches between spaces as for the whole text. */
function isLocal(normalizer: Normalizer): boolean {
  if (normalizer instanceof SequenceNormalizer) return normalizer.normalizers.every((part) => isLocal(part));
  if (normalizer instanceof ReplaceNormalizer) {
    return (
      normalizer.pattern instanceof LiteralPattern &&
      normalizer.pattern.literal !== '' &&
      !normalizer.pattern.literal.includes(' ')
    );
  }
  return LOCAL.some((kind) => normalizer instanceof kind);
}

const LOCAL = [
  UnicodeNormalizer,
  LowercaseNormalizer,
  StripAccentsNormalizer,
  NmtNormalizer,
  SentencePieceNormalizer,
] as const;
