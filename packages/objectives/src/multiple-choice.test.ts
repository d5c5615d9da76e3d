import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type ChoiceScorer } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { multipleChoice } from './multiple-choice.ts';

const key = RandomKey.fromSeed(1);
const objective = multipleChoice({ padTokenId: 0, numChoices: 2 });
const question = { choices: [{ inputIds: [7] }, { inputIds: [8, 9], tokenTypeIds: [0, 1] }], label: 1 };

describe('multipleChoice', () => {
  leaksNoTensors();

  it('puts the choices of a question side by side', () => {
    expect(objective.prepare([question], key)).toEqual({
      inputIds: { data: Int32Array.of(7, 0, 8, 9), shape: [1, 2, 2] },
      attentionMask: { data: Int32Array.of(1, 0, 1, 1), shape: [1, 2, 2] },
      tokenTypeIds: { data: Int32Array.of(0, 0, 0, 1), shape: [1, 2, 2] },
      labels: { data: Int32Array.of(1), shape: [1] },
    });
  });

  it('measures cross entropy over the choices', () => {
    const model: ChoiceScorer = { forward: () => ({ logits: tf.tensor2d([[0, 2]]) }) };
    tf.tidy(() => {
      const { loss, metrics } = objective.loss(model, toBatchTensors(objective.prepare([question], key)));
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(1 + Math.exp(-2)), 6);
      expect(metrics['accuracy']?.dataSync()[0]).toBe(1);
    });
  });

  it('refuses other numbers of choices and labels outside of them', () => {
    const [choice = { inputIds: [] }] = question.choices;
    expect(() => objective.prepare([{ choices: [choice], label: 0 }], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: multipleChoice: example 0 must have 2 choices, got 1. Correct the data, or the settings of the objective.]`,
    );
    expect(() => objective.prepare([{ ...question, label: 2 }], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: multipleChoice: the label of example 0 must be an integer in [0, 2), got 2. Correct the data, or the settings of the objective.]`,
    );
  });
});
