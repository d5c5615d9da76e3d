import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type TokenClassifier } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { IGNORED_LABEL } from './cross-entropy.ts';
import { tokenClassification } from './token-classification.ts';

const key = RandomKey.fromSeed(1);
const objective = tokenClassification({ padTokenId: 0, numLabels: 2, sequenceLength: 4 });

describe('tokenClassification', () => {
  leaksNoTensors();

  it('pads labels with what does not count', () => {
    const { labels } = objective.prepare([{ inputIds: [7, 8, 9], labels: [-1, 1, 0] }], key);
    expect(labels).toEqual({ data: Int32Array.of(-1, 1, 0, IGNORED_LABEL), shape: [1, 4] });
  });

  it('measures labelled tokens only', () => {
    const logits = [
      [9, 0],
      [0, 2],
      [0, 1],
      [9, 0],
    ];
    const model: TokenClassifier = { forward: () => ({ logits: tf.tensor3d([logits]) }) };
    tf.tidy(() => {
      const batch = toBatchTensors(objective.prepare([{ inputIds: [7, 8, 9], labels: [-1, 1, 0] }], key));
      const { loss, numTargets, metrics } = objective.loss(model, batch);
      expect(loss.dataSync()[0]).toBeCloseTo((Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.E)) / 2, 5);
      expect([numTargets.dataSync()[0], metrics['accuracy']?.dataSync()[0]]).toEqual([2, 0.5]);
    });
  });

  it('refuses labels that do not fit', () => {
    expect(() => objective.prepare([{ inputIds: [7, 8], labels: [1] }], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: tokenClassification: example 0 must have 2 labels, one per token, got 1. Correct the data, or the settings of the objective.]`,
    );
    expect(() => objective.prepare([{ inputIds: [7], labels: [2] }], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: tokenClassification: the label of token 0 of example 0 must be an integer in [0, 2), got 2. Correct the data, or the settings of the objective.]`,
    );
    expect(() => objective.prepare([{ inputIds: [7], labels: [Number.NaN] }], key)).toThrow('got NaN');
  });
});
