import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { sentenceOrderPairs, sentenceOrderPrediction } from './sentence-order-prediction.ts';

const key = RandomKey.fromSeed(7);
/** 50 documents of 100 sentences of 4 tokens each; tokens are numbered from one document to the next. */
const documents = Array.from({ length: 50 }, (_, document) =>
  Array.from({ length: 100 }, (_, sentence) =>
    Int32Array.from({ length: 4 }, (_, token) => (document * 100 + sentence) * 4 + token),
  ),
);

describe('sentenceOrderPairs', () => {
  it('swaps neighbouring segments in one half', () => {
    const pairs = sentenceOrderPairs(documents, { sequenceLength: 35, shortSequenceShare: 0 }, key);
    expect(pairs.length).toBeGreaterThan(500);
    const numSwapped = pairs.filter(({ label }) => label === 1).length;
    expect(Math.abs(numSwapped / pairs.length - 0.5)).toBeLessThan(0.06);
    for (const { first, second, label } of pairs) {
      const [earlier, later] = label === 1 ? [second, first] : [first, second];
      expect(later[0]).toBe((earlier.at(-1) ?? 0) + 1);
    }
  });

  it('makes no pair of one sentence, and needs no second document', () => {
    expect(sentenceOrderPairs([[[1, 2, 3]]], { sequenceLength: 16 }, key)).toEqual([]);
    expect(sentenceOrderPairs([[[1], [2]]], { sequenceLength: 16, shortSequenceShare: 0 }, key)).toHaveLength(1);
  });

  it('refuses empty sentences', () => {
    expect(() => sentenceOrderPairs([[[1], []]], { sequenceLength: 16 }, key)).toThrow('document 0 must have');
  });
});

describe('sentenceOrderPrediction', () => {
  it('has a name of its own and the batches of next-sentence prediction', () => {
    const tokens = { padTokenId: 0, clsTokenId: 1, sepTokenId: 2 };
    const { name, prepare } = sentenceOrderPrediction({ tokens, sequenceLength: 6 });
    expect(name).toBe('sentenceOrderPrediction');
    const batch = prepare([{ first: Int32Array.of(8), second: Int32Array.of(9), label: 1 }], key);
    expect(batch.inputIds.data).toEqual(Int32Array.of(1, 8, 2, 9, 2, 0));
    expect(batch.labels.data).toEqual(Int32Array.of(1));
  });
});
