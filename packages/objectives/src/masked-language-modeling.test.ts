import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type MaskedInputs, type MaskedLanguageModel } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { IGNORED_LABEL } from './cross-entropy.ts';
import { maskedLanguageModeling } from './masked-language-modeling.ts';

const key = RandomKey.fromSeed(1);
const options = {
  tokens: { padTokenId: 0, clsTokenId: 1, sepTokenId: 2, maskTokenId: 3 },
  vocabSize: 16,
  sequenceLength: 10,
};

/** Knows the answers where `guess` says so. */
function modelThat(guess: (positions: tf.Tensor) => tf.Tensor): MaskedLanguageModel {
  return {
    forward: ({ predictionPositions }: MaskedInputs) => ({ logits: guess(predictionPositions ?? tf.zeros([0])) }),
  };
}

describe('maskedLanguageModeling', () => {
  leaksNoTensors();

  it('makes batches of one shape, whatever the lengths', () => {
    const batch = maskedLanguageModeling(options).prepare([[4, 5, 6, 7, 8, 9, 10, 11], Uint16Array.of(12)], key);
    expect(Object.fromEntries(Object.entries(batch).map(([field, { shape }]) => [field, shape]))).toEqual({
      inputIds: [2, 10],
      attentionMask: [2, 10],
      predictionPositions: [2, 2],
      labels: [2, 2],
    });
    const [row, positions, labels] = [batch.inputIds, batch.predictionPositions, batch.labels].map(({ data }) => data);
    expect(Array.from(batch.attentionMask.data)).toEqual([
      ...new Array<number>(10).fill(1),
      1,
      1,
      1,
      ...new Array<number>(7).fill(0),
    ]);
    // The second sequence has one token that can be predicted.
    expect([row?.[10], row?.[12], ...(row?.slice(13) ?? [])]).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(positions?.slice(2) ?? [])).toEqual([1, 0]);
    expect(Array.from(labels?.slice(2) ?? [])).toEqual([12, IGNORED_LABEL]);
    // The first has round(1.5) = 2.
    expect(Array.from(labels?.slice(0, 2) ?? [])).toEqual(Array.from(positions?.slice(0, 2) ?? [], (at) => at + 3));
  });

  it('is pure', () => {
    const { prepare } = maskedLanguageModeling(options);
    const examples = [[4, 5, 6, 7, 8]];
    expect(prepare(examples, key)).toEqual(prepare(examples, key));
    expect(examples).toEqual([[4, 5, 6, 7, 8]]);
    const labels = Array.from({ length: 20 }, (_, index) => prepare(examples, key.fold(index)).labels.data[0]);
    expect(new Set(labels).size).toBeGreaterThan(2);
  });

  it('is log V for a model that knows nothing, over the predicted tokens only', () => {
    tf.tidy(() => {
      const { prepare, loss } = maskedLanguageModeling(options);
      const batch = toBatchTensors(prepare([[4, 5, 6, 7, 8, 9, 10, 11], [12]], key));
      const result = loss(
        modelThat(() => tf.zeros([2, 2, 16])),
        batch,
      );
      expect(result.loss.dataSync()[0]).toBeCloseTo(Math.log(16), 6);
      expect(result.numTargets.dataSync()[0]).toBe(3);
      expect(result.metrics['accuracy']?.dataSync()[0]).toBe(0);
    });
  });

  it('counts what is right', () => {
    tf.tidy(() => {
      const { prepare, loss } = maskedLanguageModeling(options);
      const batch = toBatchTensors(prepare([[4, 5, 6, 7, 8, 9, 10, 11], [12]], key));
      // Token 3 + position stands at each position of the first sequence.
      const guess = (positions: tf.Tensor): tf.Tensor =>
        tf.mul(tf.cast(tf.oneHot(tf.cast(tf.add(positions, 3), 'int32'), 16), 'float32'), 50);
      const { metrics, loss: value } = loss(modelThat(guess), batch);
      expect(metrics['accuracy']?.dataSync()[0]).toBeCloseTo(2 / 3, 6);
      expect(value.dataSync()[0]).toBeCloseTo(50 / 3, 3);
    });
  });

  it('refuses examples that are empty or too long', () => {
    const { prepare } = maskedLanguageModeling(options);
    expect(() => prepare([[]], key)).toThrow('maskedLanguageModeling: a segment must have at least one token');
    expect(() => prepare([new Int32Array(9)], key)).toThrow(
      'maskedLanguageModeling: a sequence must have at most 10 tokens with [CLS] and [SEP], got 11. Cut texts to 8 tokens',
    );
  });
});
