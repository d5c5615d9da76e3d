import * as tf from '@tensorflow/tfjs';
import {
  RandomKey,
  toBatchTensors,
  type CausalInputs,
  type CausalLanguageModel,
  type CausalOutputs,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { causalLanguageModeling } from './causal-language-modeling.ts';

const key = RandomKey.fromSeed(1);

/** Predicts from the current token alone: its logits are a row of a table. */
class Bigram implements CausalLanguageModel {
  readonly table: tf.Tensor;
  readonly cacheShape = { numLayers: 0, numHeads: 0, headSize: 0, maxPositions: 8, vocabSize: 4 };
  constructor(table: tf.Tensor) {
    this.table = table;
  }
  forward({ inputIds }: CausalInputs): CausalOutputs {
    const logits = tf.gather(this.table, inputIds);
    return { logits, lastHiddenState: logits, hiddenStates: [], keyValues: [] };
  }
}

describe('causalLanguageModeling', () => {
  leaksNoTensors();

  it('pairs each token with the next and predicts no padding', () => {
    const batch = causalLanguageModeling({ padTokenId: 3 }).prepare([Uint16Array.of(5, 6, 7, 8), [1, 2]], key);
    expect(batch).toEqual({
      inputIds: { data: Int32Array.of(5, 6, 7, 1, 3, 3), shape: [2, 3] },
      labels: { data: Int32Array.of(6, 7, 8, 2, -100, -100), shape: [2, 3] },
    });
  });

  it('is log V for a model that knows nothing, and counts its targets', () => {
    tf.tidy(() => {
      const objective = causalLanguageModeling();
      const batch = toBatchTensors(
        objective.prepare(
          [
            [1, 2, 3],
            [2, 0],
          ],
          key,
        ),
      );
      const { loss, numTargets } = objective.loss(new Bigram(tf.zeros([4, 4])), batch);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(4), 6);
      expect(numTargets.dataSync()[0]).toBe(3);
    });
  });

  it('refuses an example without a target', () => {
    expect(() => causalLanguageModeling().prepare([[1, 2], [1]], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: causalLanguageModeling: example 1 must have at least 2 tokens, got 1. Leave shorter texts out, or pack texts into blocks.]`,
    );
  });
});
