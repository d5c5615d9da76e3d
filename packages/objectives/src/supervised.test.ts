import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type SequenceClassifier } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { sequenceClassification, sequenceRegression } from './supervised.ts';

const key = RandomKey.fromSeed(1);
const scores = (logits: number[][]): SequenceClassifier => ({ forward: () => ({ logits: tf.tensor2d(logits) }) });

describe('sequenceClassification', () => {
  leaksNoTensors();

  it('pads ids, masks and segments', () => {
    const objective = sequenceClassification({ padTokenId: 9, numLabels: 3 });
    const examples = [
      { inputIds: [1, 2, 3], tokenTypeIds: [0, 1, 1], label: 2 },
      { inputIds: [4], label: 0 },
    ];
    expect(objective.prepare(examples, key)).toEqual({
      inputIds: { data: Int32Array.of(1, 2, 3, 4, 9, 9), shape: [2, 3] },
      attentionMask: { data: Int32Array.of(1, 1, 1, 1, 0, 0), shape: [2, 3] },
      tokenTypeIds: { data: Int32Array.of(0, 1, 1, 0, 0, 0), shape: [2, 3] },
      labels: { data: Int32Array.of(2, 0), shape: [2] },
    });
  });

  it('pads to the shortest of a few lengths', () => {
    const objective = sequenceClassification({ padTokenId: 9, numLabels: 3, sequenceLength: [2, 4, 6] });
    const lengthOf = (...lengths: number[]): number | undefined =>
      objective.prepare(
        lengths.map((length) => ({ inputIds: new Int32Array(length), label: 0 })),
        key,
      ).attentionMask.shape[1];
    expect([lengthOf(1), lengthOf(2, 1), lengthOf(3), lengthOf(1, 6)]).toEqual([2, 2, 4, 6]);
    expect(() => lengthOf(1, 7)).toThrow('sequenceClassification: example 1 must have at most 6 tokens, got 7.');
  });

  it('measures cross entropy and accuracy', () => {
    tf.tidy(() => {
      const objective = sequenceClassification({ padTokenId: 0, numLabels: 2 });
      const examples = [1, 1].map((label) => ({ inputIds: [1], label }));
      const batch = toBatchTensors(objective.prepare(examples, key));
      const { loss, metrics } = objective.loss(
        scores([
          [0, 0],
          [2, 0],
        ]),
        batch,
      );
      expect(loss.dataSync()[0]).toBeCloseTo((Math.log(2) + Math.log(1 + Math.exp(2))) / 2, 6);
      expect(metrics['accuracy']?.dataSync()[0]).toBe(0);
    });
  });

  it.each([2, -1, 0.5, Number.NaN])('refuses the label %d of two classes', (label) => {
    const objective = sequenceClassification({ padTokenId: 0, numLabels: 2 });
    expect(() => objective.prepare([{ inputIds: [1], label }], key)).toThrow(
      `DATA_INVALID: sequenceClassification: the label of example 0 must be an integer in [0, 2), got ${label}.`,
    );
  });
});

describe('sequenceRegression', () => {
  leaksNoTensors();

  it('measures the mean squared error', () => {
    tf.tidy(() => {
      const objective = sequenceRegression({ padTokenId: 0 });
      const batch = toBatchTensors(
        objective.prepare(
          [
            { inputIds: [1], label: 1.5 },
            { inputIds: [1], label: -1 },
          ],
          key,
        ),
      );
      expect(batch.labels.dtype).toBe('float32');
      const { loss, numTargets } = objective.loss(scores([[1], [1]]), batch);
      expect([loss.dataSync()[0], numTargets.dataSync()[0]]).toEqual([(0.25 + 4) / 2, 2]);
    });
  });

  it('refuses labels that are no numbers', () => {
    const objective = sequenceRegression({ padTokenId: 0 });
    expect(() => objective.prepare([{ inputIds: [1], label: Infinity }], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: sequenceRegression: the label of example 0 must be a finite number, got Infinity. Correct the data, or the settings of the objective.]`,
    );
  });
});
