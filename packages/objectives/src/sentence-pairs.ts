import { ClozeError, ConfigError, type RandomKey } from '@cloze/core';

/** A document as its sentences, each a row of at least one token id. */
export type SentenceDocument = readonly ArrayLike<number>[];

/** Two segments of text for a sequence. */
export interface SentencePair {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** 0 where the second segment follows the first in the text, else 1. */
  readonly label: 0 | 1;
}

/** How pairs are made. */
export interface SentencePairOptions {
  /** The most tokens of a pair, `[CLS]` and both `[SEP]` included. */
  readonly sequenceLength: number;
  /** The share of documents whose pairs are shorter, of a length that is random for each document. Default: 0.1. */
  readonly shortSequenceShare?: number;
}

/** Neighbouring sentences of a document. */
export interface Chunk {
  /** At least one; together they have the target length, or they end the document. */
  readonly sentences: SentenceDocument;
  /** The index of their document. */
  readonly document: number;
  /** In tokens of both segments. */
  readonly targetLength: number;
  readonly key: RandomKey;
}

/** What becomes of a chunk. */
export interface ChunkPair {
  /** Sentences of both segments; undefined where the chunk makes no pair. */
  readonly pair:
    { readonly first: SentenceDocument; readonly second: SentenceDocument; readonly label: 0 | 1 } | undefined;
  /** How many sentences of the chunk were used up; the others begin the next chunk. */
  readonly numUsed: number;
}

/**
 * Walks through documents chunk by chunk and makes pairs, which are shuffled. Pure: the same documents and key give the same pairs.
 *
 * @throws {ConfigError} when a setting is out of range.
 * @throws {ClozeError} `DATA_INVALID` when a sentence is empty.
 */
export function pairChunks(
  documents: readonly SentenceDocument[],
  { sequenceLength, shortSequenceShare = 0.1 }: SentencePairOptions,
  key: RandomKey,
  pairOf: (chunk: Chunk) => ChunkPair,
): SentencePair[] {
  const maxLength = sequenceLength - 3;
  checkInput(documents, sequenceLength, shortSequenceShare);
  const pairs: SentencePair[] = [];
  documents.forEach((sentences, document) => {
    const own = key.fold('document').fold(document);
    const [isShort = 1, share = 0] = own.fold('length').uniform(2);
    const targetLength = isShort < shortSequenceShare ? 2 + Math.floor(share * (maxLength - 1)) : maxLength;
    for (let begin = 0, number = 0; begin < sentences.length; number++) {
      const chunkKey = own.fold(number);
      const chunk = { sentences: chunkAt(sentences, begin, targetLength), document, targetLength, key: chunkKey };
      const { pair, numUsed } = pairOf(chunk);
      begin += numUsed;
      if (pair !== undefined) pairs.push(truncated(pair, maxLength, chunkKey.fold('truncation')));
    }
  });
  const order = Array.from(key.fold('order').permutation(pairs.length), (index) => pairs[index]);
  return order.filter((pair) => pair !== undefined);
}

/** Sentences from `begin` on until they have the target length. */
export function chunkAt(sentences: SentenceDocument, begin: number, targetLength: number): SentenceDocument {
  let length = 0;
  let end = begin;
  while (end < sentences.length && length < targetLength) length += sentences[end++]?.length ?? 0;
  return sentences.slice(begin, end);
}

/** Where the first segment of a chunk ends: at random, so that each segment has at least one sentence where there are two. */
export function splitOf({ sentences, key }: Chunk): number {
  return 1 + key.fold('split').integer(Math.max(1, sentences.length - 1));
}

/** Tokens are taken away one by one, from the longer segment (the second where both are equal), at its begin or end with equal chance. */
function truncated(
  { first, second, label }: NonNullable<ChunkPair['pair']>,
  maxLength: number,
  key: RandomKey,
): SentencePair {
  let [a, b] = [joined(first), joined(second)];
  const draws = key.uniform(Math.max(0, a.length + b.length - maxLength));
  for (const draw of draws) {
    const isFront = draw < 0.5;
    if (a.length > b.length) a = isFront ? a.subarray(1) : a.subarray(0, -1);
    else b = isFront ? b.subarray(1) : b.subarray(0, -1);
  }
  return { first: a.slice(), second: b.slice(), label };
}

function joined(sentences: SentenceDocument): Int32Array {
  const ids = new Int32Array(lengthOf(sentences));
  let end = 0;
  for (const sentence of sentences) {
    ids.set(sentence, end);
    end += sentence.length;
  }
  return ids;
}

/** The tokens of some sentences. */
export function lengthOf(sentences: SentenceDocument): number {
  return sentences.reduce((sum, sentence) => sum + sentence.length, 0);
}

function checkInput(documents: readonly SentenceDocument[], sequenceLength: number, shortSequenceShare: number): void {
  if (!(Number.isInteger(sequenceLength) && sequenceLength >= 5)) {
    throw new ConfigError({
      message: `sentence pairs: sequenceLength must be an integer of at least 5, got ${sequenceLength}.`,
      hint: 'A pair has [CLS], two [SEP], and at least one token in each segment.',
    });
  }
  if (!(shortSequenceShare >= 0 && shortSequenceShare <= 1)) {
    throw new ConfigError({
      message: `sentence pairs: shortSequenceShare must be in [0, 1], got ${shortSequenceShare}.`,
      hint: 'BERT has 0.1.',
    });
  }
  documents.forEach((sentences, index) => {
    if (sentences.length > 0 && sentences.every((sentence) => sentence.length > 0)) return;
    throw new ClozeError('DATA_INVALID', {
      message: `sentence pairs: document ${index} must have at least one sentence and no empty one.`,
      hint: 'Leave empty sentences and documents out.',
    });
  });
}
