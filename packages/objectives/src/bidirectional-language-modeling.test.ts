import * as tf from '@tensorflow/tfjs';
import {
  RandomKey,
  toBatchTensors,
  type BidirectionalHiddenStates,
  type BidirectionalLanguageModel,
  type CharacterInputs,
  type VocabularyScores,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { bidirectionalLanguageModeling } from './bidirectional-language-modeling.ts';

const key = RandomKey.fromSeed(1);

/** Two characters per word: the word's id and 1. */
const NUM_WORDS = 6;
const characterTable = {
  data: Int32Array.from({ length: 2 * NUM_WORDS }, (_, i) => (i % 2 === 0 ? i / 2 : 1)),
  shape: [NUM_WORDS, 2],
};

/** Scores words by the rows of the identity, so that hidden states are scores. */
class IdentitySoftmax implements VocabularyScores {
  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(x, tf.zeros([NUM_WORDS]));
  }
  rows(ids: tf.Tensor): { weight: tf.Tensor; bias: tf.Tensor } {
    return { weight: tf.gather(tf.eye(NUM_WORDS), ids), bias: tf.zeros(ids.shape) };
  }
}

/** Says of each word that the next is the one after it, with certainty `sharpness`, and that the previous may be any. */
class Successor implements BidirectionalLanguageModel {
  readonly softmax = new IdentitySoftmax();
  readonly sharpness: number;
  constructor(sharpness: number) {
    this.sharpness = sharpness;
  }
  encode({ inputIds }: CharacterInputs): BidirectionalHiddenStates {
    const [batchSize = 1, length = 1] = inputIds.shape;
    const words = tf.squeeze(tf.slice(inputIds, [0, 0, 0], [-1, -1, 1]), [2]);
    const next = tf.cast(tf.oneHot(tf.add(words, tf.scalar(1, 'int32')), NUM_WORDS), 'float32');
    return {
      forwardHiddenState: tf.mul(next, this.sharpness),
      backwardHiddenState: tf.zeros([batchSize, length, NUM_WORDS]),
    };
  }
  forward(inputs: CharacterInputs): BidirectionalHiddenStates {
    return this.encode(inputs);
  }
}

describe('bidirectionalLanguageModeling', () => {
  leaksNoTensors();

  it('looks characters up', () => {
    const batch = bidirectionalLanguageModeling({ characterTable }).prepare([Uint16Array.of(5, 2, 3), [4, 1]], key);
    expect(batch).toEqual({
      inputIds: { data: Int32Array.of(5, 2, 3, 4, 1, -100), shape: [2, 3] },
      characterIds: { data: Int32Array.of(5, 1, 2, 1, 3, 1, 4, 1, 1, 1, 0, 0), shape: [2, 3, 2] },
    });
  });

  it('is the mean of both directions', () => {
    tf.tidy(() => {
      const objective = bidirectionalLanguageModeling({ characterTable });
      const batch = toBatchTensors(
        objective.prepare(
          [
            [1, 2, 3],
            [4, 5],
          ],
          key,
        ),
      );
      const { loss, numTargets } = objective.loss(new Successor(2), batch);
      const forward = Math.log(Math.exp(2) + NUM_WORDS - 1) - 2;
      expect(loss).toBeAllClose(tf.scalar(0.5 * (forward + Math.log(NUM_WORDS))), { relative: 1e-6 });
      expect(numTargets.dataSync()[0]).toBe(6);
    });
  });

  it('compares with samples only while training, and only where the vocabulary is larger', () => {
    tf.tidy(() => {
      const lossOf = (numSamples: number, key?: RandomKey): tf.Scalar => {
        const objective = bidirectionalLanguageModeling({ characterTable, numSamples });
        return objective.loss(
          new Successor(1),
          toBatchTensors(objective.prepare([[1, 2, 3]], RandomKey.fromSeed(1))),
          key,
        ).loss;
      };
      const full = lossOf(NUM_WORDS);
      expect(lossOf(NUM_WORDS, key)).toBeAllClose(full, { absolute: 0 });
      expect(lossOf(NUM_WORDS - 1)).toBeAllClose(full, { absolute: 0 });
      expect(lossOf(NUM_WORDS - 1, key)).not.toBeAllClose(full, { absolute: 1e-3 });
      expect(lossOf(NUM_WORDS - 1, key)).toBeAllClose(lossOf(NUM_WORDS - 1, key), { absolute: 0 });
    });
  });

  it('refuses rows without a target and words that have no characters', () => {
    const objective = bidirectionalLanguageModeling({ characterTable });
    expect(() => objective.prepare([[1, 2], [1]], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: bidirectionalLanguageModeling: example 1 must have at least 2 words, got 1. Leave shorter texts out, or pack texts into blocks.]`,
    );
    expect(() => objective.prepare([[1, 6]], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: bidirectionalLanguageModeling: the words of example 0 must be ids below 6, got 6. Make the table of characters from the tokenizer that made the ids.]`,
    );
    expect(() => objective.prepare([[1, -1]], key)).toThrow('must be ids below 6, got -1');
  });
});
