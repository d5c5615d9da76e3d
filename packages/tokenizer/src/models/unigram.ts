import { toUtf8 } from '../byte-characters.ts';
import { TokenizerError } from '../errors.ts';
import { codePointWidth } from '../normalized-string.ts';
import type { TokenBuffer } from '../token-buffer.ts';
import type { JsonOutput } from '../write-json.ts';
import { byteToken } from './bpe.ts';
import type { Model } from './model.ts';
import { Trie } from './trie.ts';
import { Vocabulary } from './vocabulary.ts';

/** What an unknown character costs more than the least likely piece, in nats. */
const UNKNOWN_PENALTY = 10;

/** Settings of the unigram language model. */
export interface UnigramOptions {
  /** Pieces with their log probabilities (nats), in the order of their ids. */
  readonly pieces: readonly (readonly [piece: string, score: number])[];
  /** Id of the token for unknown characters. */
  readonly unknownId?: number | undefined;
  /** Unknown characters become tokens `<0x00>` .. `<0xFF>` of their UTF-8 bytes. Default false. */
  readonly byteFallback?: boolean;
  /** Ids that no text becomes: control symbols of SentencePiece. `tokenizer.json` cannot say this. Default none. */
  readonly unwrittenIds?: readonly number[];
}

/**
 * The most likely segmentation under a unigram language model, by Viterbi.
 *
 * @see Kudo 2018, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates", section 3.2.
 *   <https://arxiv.org/abs/1804.10959>
 */
export class Unigram implements Model {
  readonly vocabulary: Vocabulary;
  readonly pieces: readonly (readonly [piece: string, score: number])[];
  readonly unknownId: number | undefined;
  readonly byteFallback: boolean;
  readonly scores: Float64Array;
  readonly trie: Trie;
  readonly unknownScore: number;
  #bestScores = new Float64Array(256);
  #bestStarts = new Int32Array(256);
  #bestIds = new Int32Array(256);

  /** @throws {TokenizerError} `TOKENIZER_VOCABULARY` when unknownId is no id. */
  constructor({ pieces, unknownId, byteFallback = false, unwrittenIds = [] }: UnigramOptions) {
    if (unknownId !== undefined && unknownId >= pieces.length) {
      throw new TokenizerError('TOKENIZER_VOCABULARY', `unk_id must be below ${pieces.length}`, {
        actual: `${unknownId}`,
      });
    }
    this.pieces = pieces;
    this.unknownId = unknownId;
    this.byteFallback = byteFallback;
    this.scores = Float64Array.from(pieces, ([, score]) => score);
    // Of equal pieces the last one counts.
    this.vocabulary = new Vocabulary(
      new Map(pieces.map(([piece], id) => [piece, id])),
      pieces.map(([piece]) => piece),
    );
    const unwritten = new Set(unwrittenIds);
    const written = [...this.vocabulary.entries()].filter(([, id]) => !unwritten.has(id));
    this.trie = Trie.ofStrings(written);
    this.unknownScore =
      written.reduce((least, [, id]) => Math.min(least, this.scores[id] ?? 0), Infinity) - UNKNOWN_PENALTY;
  }

  tokenize(word: string, out: TokenBuffer): void {
    if (word === '') return;
    this.#findBestPath(word);
    // Backwards from the end: where each piece of the best path begins.
    const ends: number[] = [];
    for (let end = word.length; end > 0; end = this.#bestStarts[end] ?? 0) ends.push(end);
    let start = 0;
    for (let index = ends.length - 1; index >= 0; index--) {
      let end = ends[index] ?? 0;
      const isUnknown = this.#bestIds[end] === this.unknownId;
      // Neighbouring unknown characters become one token.
      while (isUnknown && index > 0 && this.#bestIds[ends[index - 1] ?? 0] === this.unknownId) end = ends[--index] ?? 0;
      if (isUnknown) this.#pushUnknown(word, start, end, out);
      else out.push(this.#bestIds[end] ?? 0, start, end);
      start = end;
    }
  }

  toJson(): JsonOutput {
    return { type: 'Unigram', unk_id: this.unknownId ?? null, vocab: this.pieces, byte_fallback: this.byteFallback };
  }

  #findBestPath(word: string): void {
    const { length } = word;
    if (this.#bestScores.length <= length) {
      this.#bestScores = new Float64Array(2 * length);
      this.#bestStarts = new Int32Array(2 * length);
      this.#bestIds = new Int32Array(2 * length);
    }
    const bestScores = this.#bestScores;
    const bestStarts = this.#bestStarts;
    const bestIds = this.#bestIds;
    bestStarts.fill(-1, 0, length + 1);
    bestScores[0] = 0;
    for (let start = 0; start < length;) {
      const scoreHere = bestScores[start] ?? 0;
      const characterEnd = start + codePointWidth(word, start);
      let hasSingle = false;
      let end = start;
      for (
        let node = this.trie.first(word.charCodeAt(end++));
        node !== -1;
        node = this.trie.next(node, word.charCodeAt(end++))
      ) {
        const id = this.trie.valueAt(node);
        if (id !== -1) {
          const score = scoreHere + (this.scores[id] ?? 0);
          if (bestStarts[end] === -1 || score > (bestScores[end] ?? 0)) {
            bestScores[end] = score;
            bestStarts[end] = start;
            bestIds[end] = id;
          }
          if (end === characterEnd) hasSingle = true;
        }
        if (end === length) break;
      }
      if (!hasSingle) {
        const score = scoreHere + this.unknownScore;
        if (bestStarts[characterEnd] === -1 || score > (bestScores[characterEnd] ?? 0)) {
          if (this.unknownId === undefined) throw missingUnknownId(word);
          bestScores[characterEnd] = score;
          bestStarts[characterEnd] = start;
          bestIds[characterEnd] = this.unknownId;
        }
      }
      start = characterEnd;
    }
  }

  /** Id of a whole text that is a piece, or undefined. */
  #writtenId(text: string): number | undefined {
    let node = this.trie.first(text.charCodeAt(0));
    for (let at = 1; node !== -1 && at < text.length; at++) node = this.trie.next(node, text.charCodeAt(at));
    const id = node === -1 ? -1 : this.trie.valueAt(node);
    return id === -1 ? undefined : id;
  }

  #pushUnknown(word: string, start: number, end: number, out: TokenBuffer): void {
    const text = word.slice(start, end);
    const known = this.#writtenId(text);
    if (known === undefined && this.byteFallback) {
      const ids = Array.from(toUtf8(text), (byte) => this.vocabulary.id(byteToken(byte)));
      if (!ids.includes(undefined)) {
        for (const id of ids) out.push(id ?? 0, start, end);
        return;
      }
    }
    if (known === undefined) out.texts.set(out.length, text);
    out.push(known ?? this.unknownId ?? 0, start, end);
  }
}

function missingUnknownId(word: string): TokenizerError {
  return new TokenizerError('TOKENIZER_UNKNOWN_TOKEN', 'unk_id must be set for texts with unknown characters', {
    actual: `the word ${JSON.stringify(word.slice(0, 60))}`,
    hint: 'Set model.unk_id to the id of the unknown token.',
  });
}
