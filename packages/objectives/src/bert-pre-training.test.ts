import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type MaskedPairModel } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { bertPreTraining } from './bert-pre-training.ts';
import type { SentencePair } from './sentence-pairs.ts';

const key = RandomKey.fromSeed(1);
const objective = bertPreTraining({
  tokens: { padTokenId: 0, clsTokenId: 1, sepTokenId: 2, maskTokenId: 3 },
  vocabSize: 16,
  sequenceLength: 12,
});
const pairs: SentencePair[] = [
  { first: Int32Array.of(4, 5, 6, 7), second: Int32Array.of(8, 9, 10, 11), label: 0 },
  { first: Int32Array.of(12), second: Int32Array.of(13, 14), label: 1 },
];

describe('bertPreTraining', () => {
  leaksNoTensors();

  it('masks the pairs of the next-sentence task', () => {
    const batch = objective.prepare(pairs, key);
    expect(batch.tokenTypeIds).toEqual({
      data: Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
      shape: [2, 12],
    });
    expect(batch.nextSentenceLabels).toEqual({ data: Int32Array.of(0, 1), shape: [2] });
    expect(batch.labels.shape).toEqual([2, 2]);
    // round(0.15 * 11) and round(0.15 * 6).
    expect(Array.from(batch.labels.data, (label) => label >= 0)).toEqual([true, true, true, false]);
    expect(batch.labels.data[0]).toBeGreaterThanOrEqual(4);
  });

  it('is the sum of both losses', () => {
    const model: MaskedPairModel = {
      forward: () => ({
        logits: tf.zeros([2, 2, 16]),
        nextSentenceLogits: tf.tensor2d([
          [0, 0],
          [0, 3],
        ]),
      }),
    };
    tf.tidy(() => {
      const { loss, numTargets, metrics } = objective.loss(model, toBatchTensors(objective.prepare(pairs, key)));
      const next = (Math.log(2) + Math.log(1 + Math.exp(-3))) / 2;
      const values = Object.entries(metrics).map(([name, value]) => [name, value.dataSync()[0] ?? Number.NaN] as const);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(16) + next, 5);
      expect(numTargets.dataSync()[0]).toBe(3);
      expect(values).toEqual([
        ['maskedLoss', expect.closeTo(Math.log(16), 5)],
        ['maskedAccuracy', 0],
        ['nextSentenceLoss', expect.closeTo(next, 5)],
        ['nextSentenceAccuracy', 1],
      ]);
    });
  });
});
