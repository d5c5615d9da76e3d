import { type AlphabetOptions, alphabetOf } from './alphabet.ts';
import { MergeQueue } from './merge-queue.ts';
import { PairCounts } from './pair-counts.ts';
import { throwIfAborted, type TrainerControls } from './trainer.ts';

/** How many merges lie between two looks at the signal. */
const MERGES_PER_REPORT = 100;

/** What byte-pair encoding learns with; the defaults are those of the reference. */
export interface MergeOptions extends AlphabetOptions {
  /** Tokens to end with, special ones and the alphabet included. Default 30,000. */
  readonly vocabSize?: number;
  /** Pairs that occur less often are not merged. Default 0. */
  readonly minFrequency?: number;
  /** Tokens that get the first ids. Default none. */
  readonly specialTokens?: readonly string[];
  /** Written before every character but the first of a word. Default none. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** Written after the last character of a word. Default none. */
  readonly endOfWordSuffix?: string | undefined;
  /** Merged tokens have fewer characters than this. Default no bound. */
  readonly maxTokenLength?: number | undefined;
  /**
   * Tokens that get their ids right after the plain alphabet, in this order. Only characters with prefix or suffix come next by themselves (sorted);
   * their ids break ties between equally frequent pairs, so this reproduces a vocabulary that numbered them in another order. Default none.
   */
  readonly initialTokens?: readonly string[];
}

/** Tokens in the order of their ids, and the merges in the order in which they were learned. */
export interface LearnedMerges {
  readonly tokens: string[];
  readonly merges: [string, string][];
}

/**
 * Learns byte-pair encoding from counted words: merges the most frequent pair of neighbours, again and again; of equally frequent pairs the one with
 * the smaller ids.
 *
 * @throws {TokenizerError} `CANCELLED`.
 * @see Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1. <https://arxiv.org/abs/1508.07909>
 */
export function learnMerges(
  words: ReadonlyMap<string, number>,
  options: MergeOptions,
  { onProgress, signal }: TrainerControls = {},
): LearnedMerges {
  const { vocabSize = 30_000, minFrequency = 0, continuingSubwordPrefix = '', maxTokenLength = Infinity } = options;
  onProgress?.({ phase: 'alphabet', done: 0 });
  const corpus = new SymbolCorpus(words, options);
  const { tokens } = corpus;
  const merges: [string, string][] = [];
  const pairs = new PairCounts();
  const queue = new MergeQueue(pairs);
  corpus.countPairs(pairs, queue);
  while (tokens.length < vocabSize) {
    const entry = queue.pop();
    if (entry === undefined || entry.count < Math.max(1, minFrequency)) break;
    const left = pairs.lefts[entry.pair] ?? 0;
    const right = pairs.rights[entry.pair] ?? 0;
    const first = tokens[left] ?? '';
    const second = tokens[right] ?? '';
    const rest =
      continuingSubwordPrefix !== '' && second.startsWith(continuingSubwordPrefix)
        ? second.slice(continuingSubwordPrefix.length)
        : second;
    merges.push([first, second]);
    const merged = corpus.idOf(first + rest, corpus.lengthOf(left) + corpus.lengthOf(right));
    const merge = { left, right, merged, maxTokenLength };
    for (const word of entry.words) corpus.merge(word, merge, pairs, queue);
    queue.flush();
    if (merges.length % MERGES_PER_REPORT === 0) {
      throwIfAborted(signal);
      onProgress?.({ phase: 'merge', done: tokens.length, total: vocabSize });
    }
  }
  onProgress?.({ phase: 'merge', done: tokens.length, total: vocabSize });
  return { tokens, merges };
}

interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
  readonly maxTokenLength: number;
}

/** The distinct words as symbols, one after the other in one array; merging shortens a word in place. */
class SymbolCorpus {
  readonly tokens: string[] = [];
  readonly #ids = new Map<string, number>();
  /** Characters per token. */
  readonly #lengths: number[] = [];
  readonly #symbols: Int32Array;
  readonly #wordStarts: Int32Array;
  readonly #wordLengths: Int32Array;
  readonly #wordCounts: Float64Array;

  constructor(words: ReadonlyMap<string, number>, options: MergeOptions) {
    for (const token of options.specialTokens ?? []) this.idOf(token, 1);
    for (const character of alphabetOf(words, options)) this.idOf(character, 1);
    for (const token of options.initialTokens ?? []) this.idOf(token, 1);
    const { continuingSubwordPrefix = '', endOfWordSuffix = '' } = options;
    if (continuingSubwordPrefix !== '' || endOfWordSuffix !== '') {
      this.#addAffixed(words, continuingSubwordPrefix, endOfWordSuffix);
    }
    let numUnits = 0;
    for (const word of words.keys()) numUnits += word.length;
    this.#symbols = new Int32Array(numUnits);
    this.#wordStarts = new Int32Array(words.size);
    this.#wordLengths = new Int32Array(words.size);
    this.#wordCounts = Float64Array.from(words.values());
    let at = 0;
    let word = 0;
    for (const text of words.keys()) {
      this.#wordStarts[word] = at;
      for (const [symbol, character] of affixed(text, continuingSubwordPrefix, endOfWordSuffix)) {
        // Characters that did not make it into the alphabet are left out.
        const id = this.#ids.has(character) ? this.#ids.get(symbol) : undefined;
        if (id !== undefined) this.#symbols[at++] = id;
      }
      this.#wordLengths[word] = at - (this.#wordStarts[word] ?? 0);
      word++;
    }
  }

  idOf(token: string, length: number): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.#ids.set(token, this.tokens.length);
    this.#lengths.push(length);
    return this.tokens.push(token) - 1;
  }

  lengthOf(id: number): number {
    return this.#lengths[id] ?? 0;
  }

  countPairs(pairs: PairCounts, queue: MergeQueue): void {
    for (let word = 0; word < this.#wordStarts.length; word++) {
      const start = this.#wordStarts[word] ?? 0;
      const count = this.#wordCounts[word] ?? 0;
      for (let at = start + 1; at < start + (this.#wordLengths[word] ?? 0); at++) {
        queue.found(pairs.add(this.#symbols[at - 1] ?? 0, this.#symbols[at] ?? 0, count), word);
      }
    }
    queue.flush();
  }

  merge(word: number, { left, right, merged, maxTokenLength }: Merge, pairs: PairCounts, queue: MergeQueue): void {
    const symbols = this.#symbols;
    const start = this.#wordStarts[word] ?? 0;
    const end = start + (this.#wordLengths[word] ?? 0);
    const count = this.#wordCounts[word] ?? 0;
    const length = this.lengthOf(merged);
    let out = start;
    for (let at = start; at < end; at++) {
      const symbol = symbols[at] ?? 0;
      if (symbol !== left || at + 1 === end || symbols[at + 1] !== right) {
        symbols[out++] = symbol;
        continue;
      }
      if (out > start) {
        const before = symbols[out - 1] ?? 0;
        pairs.add(before, left, -count);
        if (this.lengthOf(before) + length < maxTokenLength) queue.found(pairs.add(before, merged, count), word);
      }
      if (at + 2 < end) {
        const after = symbols[at + 2] ?? 0;
        pairs.add(right, after, -count);
        if (this.lengthOf(after) + length < maxTokenLength) queue.found(pairs.add(merged, after, count), word);
      }
      symbols[out++] = merged;
      at++;
    }
    this.#wordLengths[word] = out - start;
  }

  /** The reference numbers these in the order of a hash table, another one on each run; here they are sorted. */
  #addAffixed(words: ReadonlyMap<string, number>, prefix: string, suffix: string): void {
    const found = new Map<string, string>();
    for (const word of words.keys()) {
      for (const [symbol, character] of affixed(word, prefix, suffix)) found.set(symbol, character);
    }
    const sorted = [...found].sort(
      ([a, x], [b, y]) => (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0) || a.length - b.length || (a < b ? -1 : 1),
    );
    for (const [symbol, character] of sorted) if (this.#ids.has(character)) this.idOf(symbol, 1);
  }
}

/** Each character of a word as the model looks it up, and by itself. */
function affixed(word: string, prefix: string, suffix: string): [symbol: string, character: string][] {
  const characters = Array.from(word);
  const last = characters.length - 1;
  return characters.map((character, index) => [
    (index > 0 ? prefix : '') + character + (index === last ? suffix : ''),
    character,
  ]);
}
