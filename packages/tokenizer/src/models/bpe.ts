import { toUtf8, utf8Width } from '../byte-characters.ts';
import { shown, TokenizerError } from '../errors.ts';
import type { TokenBuffer } from '../token-buffer.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Model } from './model.ts';
import { MergeRules } from './merge-rules.ts';
import { SymbolMerger } from './symbol-merger.ts';
import { TokenWalker } from './token-walker.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Settings of byte-pair encoding; the defaults are those of GPT-2. */
export interface BpeOptions {
  readonly vocabulary: Vocabulary;
  /** Pairs in the order in which they were learned. */
  readonly merges: readonly (readonly [string, string])[];
  /** Token for characters outside the vocabulary; without one they are left out. */
  readonly unknownToken?: string | undefined;
  /** Written before every character but the first of a word when it is looked up. Default none. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** Written after the last character of a word when it is looked up: GPT-1's `</w>`. Default none. */
  readonly endOfWordSuffix?: string | undefined;
  /** Neighbouring unknown characters become one unknown token. Default false. */
  readonly fuseUnknown?: boolean;
  /** Unknown characters become tokens `<0x00>` .. `<0xFF>` of their UTF-8 bytes. Default false. */
  readonly byteFallback?: boolean;
  /** A word that is a token is taken whole, without merging. Default false. */
  readonly ignoreMerges?: boolean;
  /** Probability of leaving out a merge, for training with several segmentations. Default 0. */
  readonly dropout?: number | undefined;
  /** Seed of the dropout; each word draws on. Default 0. */
  readonly seed?: number;
}

/** Building the walker takes about as long as merging so many symbols without it. */
const SYMBOLS_BEFORE_WALKER = 1 << 20;

/**
 * Byte-pair encoding. Characters become symbols, and pairs of symbols merge in the order of the rules.
 *
 * @see Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units". <https://arxiv.org/abs/1508.07909>
 * @see Provilkov et al. 2020, "BPE-Dropout: Simple and Effective Subword Regularization". <https://arxiv.org/abs/1910.13267>
 */
export class Bpe implements Model {
  readonly vocabulary: Vocabulary;
  readonly merges: readonly (readonly [string, string])[];
  readonly rules: MergeRules;
  readonly options: BpeOptions;
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #unknownId: number | undefined;
  readonly #merger = new SymbolMerger();
  #randomState: number;
  #numMerged = 0;
  #walker: TokenWalker | undefined | 'not built' = 'not built';

  /** @throws {TokenizerError} `TOKENIZER_MERGES` when a rule names a token that is not in the vocabulary. */
  constructor(options: BpeOptions) {
    this.options = options;
    this.vocabulary = options.vocabulary;
    this.merges = options.merges;
    this.#prefix = options.continuingSubwordPrefix ?? '';
    this.#suffix = options.endOfWordSuffix ?? '';
    this.#unknownId = options.unknownToken === undefined ? undefined : this.vocabulary.id(options.unknownToken);
    this.#randomState = options.seed ?? 0;
    const dropout = options.dropout ?? 0;
    if (!(dropout >= 0 && dropout <= 1))
      throw new TokenizerError('USAGE', `dropout must lie in [0, 1]`, { actual: shown(dropout) });
    this.rules = this.#readMerges();
  }

  /** A faster way to merge, where the merges allow it; built when first asked for. */
  get walker(): TokenWalker | undefined {
    if (this.#walker === 'not built') {
      const isPlain = this.#prefix === '' && this.#suffix === '';
      this.#walker = isPlain ? TokenWalker.for(this.vocabulary, this.merges, this.rules) : undefined;
    }
    return this.#walker;
  }

  /** Merges symbols that are single characters; their positions are lost. */
  mergeSymbols(merger: SymbolMerger): void {
    this.#numMerged += merger.length;
    const walker = this.#numMerged > SYMBOLS_BEFORE_WALKER ? this.walker : undefined;
    if (walker === undefined) merger.merge(this.rules);
    else walker.walk(merger);
  }

  tokenize(word: string, out: TokenBuffer): void {
    if (this.options.ignoreMerges === true) {
      const whole = this.vocabulary.id(word);
      if (whole !== undefined) {
        out.push(whole, 0, word.length);
        return;
      }
    }
    const merger = this.#merger;
    merger.length = 0;
    this.#pushSymbols(word);
    const dropout = this.options.dropout ?? 0;
    merger.merge(this.rules, dropout > 0 ? () => this.#random() < dropout : undefined);
    const unitAt = unitPositions(word);
    for (let at = 0; at < merger.length; at++) {
      const [start, end] = [merger.starts[at] ?? 0, merger.ends[at] ?? 0];
      out.push(merger.ids[at] ?? 0, unitAt?.start(start) ?? start, unitAt?.end(end) ?? end);
    }
  }

  toJson(): JsonOutput {
    const { options } = this;
    return {
      type: 'BPE',
      dropout: options.dropout ?? null,
      unk_token: options.unknownToken ?? null,
      continuing_subword_prefix: options.continuingSubwordPrefix ?? null,
      end_of_word_suffix: options.endOfWordSuffix ?? null,
      fuse_unk: options.fuseUnknown ?? false,
      byte_fallback: options.byteFallback ?? false,
      ignore_merges: options.ignoreMerges ?? false,
      vocab: this.vocabulary.toJson(),
      merges: this.merges,
    };
  }

  #readMerges(): MergeRules {
    const rules = new MergeRules(this.merges.length);
    for (const [rank, [left, right]] of this.merges.entries()) {
      const stripped = this.#prefix !== '' && right.startsWith(this.#prefix) ? right.slice(this.#prefix.length) : right;
      const ids = [left, right, left + stripped].map((token) => this.vocabulary.id(token));
      const [leftId, rightId, mergedId] = ids;
      if (leftId === undefined || rightId === undefined || mergedId === undefined) {
        const missing = [left, right, left + stripped][ids.indexOf(undefined)];
        throw new TokenizerError(
          'TOKENIZER_MERGES',
          `merge ${rank} needs ${shown(missing)}, which is not in the vocabulary`,
          {
            jsonPointer: `/model/merges/${rank}`,
            hint: 'Vocabulary and merges belong to different tokenizers, or one of them is damaged.',
          },
        );
      }
      rules.set(leftId, rightId, rank, mergedId);
    }
    return rules;
  }

  /** Positions are bytes of UTF-8, counted over the symbols that are there, as in the reference: left out characters do not count. */
  #pushSymbols(word: string): void {
    const merger = this.#merger;
    let end = 0;
    let pendingLength = 0;
    const push = (id: number, length: number): void => {
      merger.push(id, end, end + length);
      end += length;
    };
    const flush = (): void => {
      if (pendingLength > 0) push(this.#unknown(word), pendingLength);
      pendingLength = 0;
    };
    for (let at = 0; at < word.length;) {
      const codePoint = word.codePointAt(at) ?? 0;
      const character = String.fromCodePoint(codePoint);
      const next = at + character.length;
      const symbol = (at > 0 ? this.#prefix : '') + character + (next === word.length ? this.#suffix : '');
      const id = this.vocabulary.id(symbol);
      const bytes = id === undefined ? this.#byteIds(symbol) : undefined;
      if (id !== undefined) {
        flush();
        push(id, utf8Width(codePoint));
      } else if (bytes !== undefined) {
        for (const byteId of bytes) push(byteId, 1);
      } else if (this.options.unknownToken !== undefined) {
        if (this.options.fuseUnknown !== true) flush();
        pendingLength += utf8Width(codePoint);
      }
      at = next;
    }
    flush();
  }

  /** Ids of the tokens for the bytes of a symbol, where there is one for each. */
  #byteIds(symbol: string): number[] | undefined {
    if (this.options.byteFallback !== true) return undefined;
    const ids: number[] = [];
    for (const byte of toUtf8(symbol)) {
      const id = this.vocabulary.id(byteToken(byte));
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }

  #unknown(word: string): number {
    if (this.#unknownId !== undefined) return this.#unknownId;
    throw new TokenizerError(
      'TOKENIZER_UNKNOWN_TOKEN',
      `the unknown token ${shown(this.options.unknownToken)} must be in the vocabulary`,
      {
        actual: `the word ${shown(word)}`,
        hint: 'Add it to the vocabulary, or set unk_token to null to leave out unknown characters.',
      },
    );
  }

  /** SplitMix32: uniform in [0, 1). */
  #random(): number {
    this.#randomState = (this.#randomState + 0x9e3779b9) | 0;
    let mixed = this.#randomState ^ (this.#randomState >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
}

/** From bytes of UTF-8 to the UTF-16 units of the characters that they belong to; undefined where they are the same. */
function unitPositions(word: string): { start(byte: number): number; end(byte: number): number } | undefined {
  if (/^\p{ASCII}*$/u.test(word)) return undefined;
  const starts: number[] = [];
  const ends = [0];
  for (let at = 0; at < word.length;) {
    const codePoint = word.codePointAt(at) ?? 0;
    const next = at + (codePoint > 0xffff ? 2 : 1);
    for (let byte = utf8Width(codePoint); byte > 0; byte--) {
      starts.push(at);
      ends.push(next);
    }
    at = next;
  }
  return { start: (byte) => starts[byte] ?? word.length, end: (byte) => ends[byte] ?? word.length };
}

/** How byte fallback spells a byte: `<0x0A>`. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
