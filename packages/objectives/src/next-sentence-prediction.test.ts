import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type SequenceClassifier } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { nextSentencePairs, nextSentencePrediction } from './next-sentence-prediction.ts';
import type { SentenceDocument, SentencePair } from './sentence-pairs.ts';

const key = RandomKey.fromSeed(12345);
const LONGEST = 10_000;

/** Documents whose tokens tell where they stand: document * LONGEST + position. */
function documentsOf(count: number, sentenceLengths: readonly number[]): SentenceDocument[] {
  return Array.from({ length: count }, (_, document) => {
    let position = document * LONGEST;
    return sentenceLengths.map((length) => Int32Array.from({ length }, () => position++));
  });
}

const documentOf = (token = -1): number => Math.floor(token / LONGEST);
const repeated = (length: number, count: number): number[] => new Array<number>(count).fill(length);
const isConsecutive = (ids: Int32Array): boolean =>
  ids.every((id, index) => index === 0 || id === (ids[index - 1] ?? 0) + 1);
const share = (pairs: readonly SentencePair[], holds: (pair: SentencePair) => boolean): number =>
  pairs.filter(holds).length / pairs.length;

describe('nextSentencePairs', () => {
  // Long documents: at their ends a sentence stands alone more often, and then the second segment is always random.
  const documents = documentsOf(20, repeated(5, 2000));
  const settings = { sequenceLength: 64, shortSequenceShare: 0 };
  const pairs = nextSentencePairs(documents, settings, key);

  it('has random second segments in one half', () => {
    expect(pairs.length).toBeGreaterThan(2000);
    expect(Math.abs(share(pairs, ({ label }) => label === 1) - 0.5)).toBeLessThan(0.03);
  });

  it('takes random segments from other documents, and others from right behind the first', () => {
    for (const { first, second, label } of pairs) {
      expect(isConsecutive(first) && isConsecutive(second)).toBe(true);
      if (label === 1) expect(documentOf(second[0])).not.toBe(documentOf(first[0]));
      else expect(documentOf(second[0])).toBe(documentOf(first[0]));
    }
  });

  it('fills sequences and never exceeds them', () => {
    const lengths = pairs.map(({ first, second }) => first.length + second.length);
    expect(Math.max(...lengths)).toBe(61);
    expect(lengths.filter((length) => length === 61).length / lengths.length).toBeGreaterThan(0.95);
    expect(pairs.every(({ first, second }) => first.length > 0 && second.length > 0)).toBe(true);
  });

  it('uses the sentences again that a random segment replaced: each sentence once', () => {
    // Sentences of one token are never cut off.
    const single = nextSentencePairs(documentsOf(5, repeated(1, 300)), { sequenceLength: 23 }, key);
    for (let document = 0; document < 5; document++) {
      const used = single
        .filter(({ first }) => documentOf(first[0]) === document)
        .flatMap(({ first, second, label }) => [...first, ...(label === 0 ? second : [])]);
      expect(used.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => document * LONGEST + i));
    }
  });

  it('splits chunks anywhere between sentences', () => {
    const following = nextSentencePairs(
      documentsOf(50, repeated(1, 300)),
      { sequenceLength: 13, shortSequenceShare: 0 },
      key,
    ).filter(({ label, first, second }) => label === 0 && first.length + second.length === 10);
    const counts = new Array<number>(9).fill(0);
    for (const { first } of following) counts[first.length - 1] = (counts[first.length - 1] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count / following.length - 1 / 9)).toBeLessThan(0.04);
  });

  it('gives one document in ten shorter sequences, of any length', () => {
    const lengths = nextSentencePairs(documentsOf(4000, repeated(1, 60)), { sequenceLength: 53 }, key)
      .filter(({ first, label }) => label === 0 && (first[0] ?? 0) % LONGEST === 0)
      .map(({ first, second }) => first.length + second.length);
    const short = lengths.filter((length) => length < 50);
    expect(Math.abs(short.length / lengths.length - 0.1)).toBeLessThan(0.02);
    expect([Math.min(...short) <= 5, Math.max(...short) >= 45]).toEqual([true, true]);
  });

  it('cuts the longer segment, at both ends alike', () => {
    const long = nextSentencePairs(
      documentsOf(400, [50, 90]),
      { sequenceLength: 63, shortSequenceShare: 0 },
      key,
    ).filter(({ label }) => label === 0);
    expect(long.length).toBeGreaterThan(100);
    for (const { first, second } of long) expect([first.length, second.length]).toEqual([30, 30]);
    const cutInFront = long.reduce((sum, { second }) => sum + ((second[0] ?? 0) % LONGEST) - 50, 0) / long.length;
    expect(Math.abs(cutInFront - 30)).toBeLessThan(1);
  });

  it('takes a random second segment where there is one sentence only', () => {
    const alone = nextSentencePairs(documentsOf(10, [4]), { sequenceLength: 16 }, key);
    expect(alone.map(({ label }) => label)).toEqual(repeated(1, 10));
  });

  it('is pure, mixes documents and makes other pairs with another key', () => {
    expect(nextSentencePairs(documents, settings, key)).toEqual(pairs);
    expect(nextSentencePairs(documents, settings, key.fold(1)).slice(0, 5)).not.toEqual(pairs.slice(0, 5));
    const order = pairs.slice(0, 20).map(({ first }) => documentOf(first[0]));
    expect(new Set(order).size).toBeGreaterThan(8);
  });

  it('says what it cannot pair', () => {
    const small = { sequenceLength: 16 };
    expect(() => nextSentencePairs(documentsOf(1, [4, 4]), small, key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: nextSentencePairs: there must be at least 2 documents to take random sentences from, got 1. Separate documents by an empty line, or predict masked tokens only.]`,
    );
    expect(() => nextSentencePairs([[[1]], [[1], []]], small, key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: sentence pairs: document 1 must have at least one sentence and no empty one. Leave empty sentences and documents out.]`,
    );
    expect(() => nextSentencePairs([[[1]], []], small, key)).toThrow('document 1 must have at least one sentence');
    expect(() => nextSentencePairs(documents, { sequenceLength: 4 }, key)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: sentence pairs: sequenceLength must be an integer of at least 5, got 4. A pair has [CLS], two [SEP], and at least one token in each segment.]`,
    );
    expect(() =>
      nextSentencePairs(documents, { sequenceLength: 16, shortSequenceShare: 2 }, key),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: sentence pairs: shortSequenceShare must be in [0, 1], got 2. BERT has 0.1.]`,
    );
  });
});

describe('nextSentencePrediction', () => {
  leaksNoTensors();

  const tokens = { padTokenId: 0, clsTokenId: 1, sepTokenId: 2 };
  const pair: SentencePair = { first: Int32Array.of(5, 6), second: Int32Array.of(7), label: 1 };

  it('frames pairs and fills them up', () => {
    const { name, prepare } = nextSentencePrediction({ tokens, sequenceLength: 8 });
    expect(name).toBe('nextSentencePrediction');
    expect(prepare([pair], key)).toEqual({
      inputIds: { data: Int32Array.of(1, 5, 6, 2, 7, 2, 0, 0), shape: [1, 8] },
      attentionMask: { data: Int32Array.of(1, 1, 1, 1, 1, 1, 0, 0), shape: [1, 8] },
      tokenTypeIds: { data: Int32Array.of(0, 0, 0, 0, 1, 1, 0, 0), shape: [1, 8] },
      labels: { data: Int32Array.of(1), shape: [1] },
    });
  });

  it('measures cross entropy and accuracy', () => {
    const model: SequenceClassifier = { forward: () => ({ logits: tf.tensor2d([[0, 2]]) }) };
    tf.tidy(() => {
      const { prepare, loss } = nextSentencePrediction({ tokens, sequenceLength: 8 });
      const result = loss(model, toBatchTensors(prepare([pair], key)));
      expect(result.loss.dataSync()[0]).toBeCloseTo(Math.log(1 + Math.exp(-2)), 6);
      expect(result.metrics['accuracy']?.dataSync()[0]).toBe(1);
    });
  });
});
