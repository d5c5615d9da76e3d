import * as tf from '@tensorflow/tfjs';
import { RandomKey, toBatchTensors, type SpanPredictor } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { questionAnswering } from './question-answering.ts';

const key = RandomKey.fromSeed(1);
const objective = questionAnswering({ padTokenId: 0 });

describe('questionAnswering', () => {
  leaksNoTensors();

  it('measures both ends of the answer', () => {
    const model: SpanPredictor = {
      forward: () => ({ startLogits: tf.tensor2d([[0, 1, 0]]), endLogits: tf.tensor2d([[5, 0, 0]]) }),
    };
    tf.tidy(() => {
      const batch = toBatchTensors(objective.prepare([{ inputIds: [7, 8, 9], start: 1, end: 2 }], key));
      expect([batch.startPositions.dataSync()[0], batch.endPositions.dataSync()[0]]).toEqual([1, 2]);
      const { loss, numTargets, metrics } = objective.loss(model, batch);
      const expected = (Math.log(2 + Math.E) - 1 + Math.log(2 + Math.exp(5))) / 2;
      expect(loss.dataSync()[0]).toBeCloseTo(expected, 5);
      expect(numTargets.dataSync()[0]).toBe(1);
      expect(Object.values(metrics).map((metric) => metric.dataSync()[0])).toEqual([1, 0]);
    });
  });

  it.each([
    [2, 1],
    [0, 3],
    [-1, 1],
    [0.5, 1],
  ])('refuses the answer %d ... %d in three tokens', (start, end) => {
    expect(() => objective.prepare([{ inputIds: [7, 8, 9], start, end }], key)).toThrow(
      `DATA_INVALID: questionAnswering: the answer of example 0 must lie in its 3 tokens, got ${start} ... ${end}.`,
    );
  });
});
