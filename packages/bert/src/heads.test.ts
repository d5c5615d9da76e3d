import * as tf from '@tensorflow/tfjs';
import { disposeModule, parametersOf, RandomKey, randomParameters } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BertConfig } from './config.ts';
import { BertForMultipleChoice, BertForSequenceClassification } from './heads.ts';
import { pooledOf } from './model.ts';
import { BertForMaskedLm, BertForPreTraining } from './pre-training-heads.ts';
import { bertTiny } from './presets.ts';

const tiny: BertConfig = {
  ...bertTiny,
  vocabSize: 11,
  maxPositions: 8,
  hiddenSize: 8,
  intermediateSize: 16,
  initializerRange: 0.5,
};
const source = randomParameters(RandomKey.fromSeed(1));
const ids = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, 'int32');
const SEQUENCES = [
  [3, 1, 4, 1, 5],
  [9, 2, 6, 5, 3],
];

describe('BertForMaskedLm', () => {
  leaksNoTensors();

  it('scores the chosen positions as it scores them among all', () => {
    const model = new BertForMaskedLm(tiny, source);
    tf.tidy(() => {
      const inputIds = ids(SEQUENCES);
      const all = model.forward({ inputIds }).logits;
      const predictionPositions = ids([
        [1, 4, 0],
        [3, 3, 2],
      ]);
      const { logits } = model.forward({ inputIds, predictionPositions });
      const flat = tf.tensor1d([1, 4, 0, 5 + 3, 5 + 3, 5 + 2], 'int32');
      const expected = tf.reshape(tf.gather(tf.reshape(all, [10, 11]), flat), [2, 3, 11]);
      expect(logits).toBeAllClose(expected, { absolute: 1e-5 });
    });
    disposeModule(model);
  });

  it('has the same gradients either way', () => {
    const model = new BertForMaskedLm(tiny, source);
    tf.tidy(() => {
      const inputIds = ids(SEQUENCES);
      const gradients = (rows: number[], predictionPositions?: tf.Tensor): tf.Tensor[] =>
        tf.grads(() => {
          const logits = tf.reshape(model.forward({ inputIds, predictionPositions }).logits, [-1, 11]);
          return tf.mean(tf.square(tf.gather(logits, tf.tensor1d(rows, 'int32'))));
        })(Object.values(parametersOf(model)));
      const ofAll = gradients([1, 4, 5 + 3, 5 + 2]);
      const positions = ids([
        [1, 4],
        [3, 2],
      ]);
      gradients([0, 1, 2, 3], positions).forEach((gradient, index) => {
        expect(gradient).toBeAllClose(ofAll[index] ?? [], { ofLargest: 1e-4, absolute: 1e-5 });
      });
    });
    disposeModule(model);
  });

  it('takes everything as the first segment where there are no segments', () => {
    const model = new BertForMaskedLm(tiny, source);
    tf.tidy(() => {
      const inputIds = ids(SEQUENCES);
      const plain = model.forward({ inputIds }).logits;
      expect(model.forward({ inputIds, tokenTypeIds: tf.zerosLike(inputIds) }).logits).toBeAllClose(plain);
      expect(model.forward({ inputIds, tokenTypeIds: tf.onesLike(inputIds) }).logits).not.toBeAllClose(plain);
    });
    disposeModule(model);
  });

  it('says what is wrong with its inputs', () => {
    const model = new BertForMaskedLm(tiny, source);
    tf.tidy(() => {
      const inputIds = ids([[1, 2]]);
      expect(() => model.forward({ inputIds: ids([[1, 2, 3, 4, 5, 6, 7, 8, 9]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BertModel: a sequence must have at most 8 tokens, got 9. Shorten the text, or use a model with more positions.]`,
      );
      expect(() => model.forward({ inputIds: tf.tensor1d([1], 'int32') })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BertModel: inputIds must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(() => model.forward({ inputIds, attentionMask: ids([[1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BertModel: attentionMask must have shape [1, 2] as inputIds, got [1, 1]. Give one element per token.]`,
      );
      expect(() => model.forward({ inputIds, tokenTypeIds: ids([[0, 0, 1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BertModel: tokenTypeIds must have shape [1, 2] as inputIds, got [1, 3]. Give one element per token.]`,
      );
      expect(() =>
        model.forward({ inputIds, predictionPositions: tf.tensor1d([1], 'int32') }),
      ).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BertPredictionHead: predictionPositions must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(() => pooledOf(model.forward({ inputIds }))).toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: INTERNAL: BertModel: this head needs a model with a pooler. This is a bug in Cloze; please report it with this message.]`,
      );
    });
    disposeModule(model);
  });
});

describe('BertForPreTraining', () => {
  leaksNoTensors();

  it('scores tokens and pairs at once', () => {
    const model = new BertForPreTraining(tiny, source);
    tf.tidy(() => {
      const outputs = model.forward({ inputIds: ids(SEQUENCES), predictionPositions: ids([[1], [2]]) });
      expect(outputs.logits).toHaveShape([2, 1, 11]);
      expect(outputs.nextSentenceLogits).toHaveShape([2, 2]);
    });
    disposeModule(model);
  });
});

describe('BertForMultipleChoice', () => {
  leaksNoTensors();

  it('scores each choice as a sequence of its own', () => {
    const model = new BertForMultipleChoice(tiny, source);
    const single = new BertForSequenceClassification({ ...tiny, numLabels: 1 }, source);
    tf.tidy(() => {
      const inputIds = ids(SEQUENCES);
      const { logits } = model.forward({ inputIds: tf.reshape(inputIds, [1, 2, 5]) });
      expect(logits).toBeAllClose(tf.reshape(single.forward({ inputIds }).logits, [1, 2]));
      expect(() => model.forward({ inputIds })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BertForMultipleChoice: inputIds must have 3 axes, got shape [2, 5]. Reshape it.]`,
      );
    });
    disposeModule(model);
    disposeModule(single);
  });
});

describe('BertPooler', () => {
  leaksNoTensors();

  it('reads the mean of all tokens where the configuration says so', () => {
    const model = new BertForSequenceClassification({ ...tiny, classifierPooling: 'mean' }, source);
    tf.tidy(() => {
      const attentionMask = ids([
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1],
      ]);
      const { lastHiddenState, ...outputs } = model.forward({ inputIds: ids(SEQUENCES), attentionMask });
      const means = [3, 5].map((length, row) => tf.mean(tf.slice(lastHiddenState, [row, 0, 0], [1, length, -1]), 1));
      const dense = model.model.pooler?.dense.forward(tf.concat(means));
      expect(pooledOf({ lastHiddenState, ...outputs })).toBeAllClose(tf.tanh(dense ?? tf.scalar(0)), {
        absolute: 1e-6,
      });
      const whole = model.forward({ inputIds: ids(SEQUENCES.slice(1)) });
      expect(pooledOf(whole)).toBeAllClose(tf.slice(pooledOf({ lastHiddenState, ...outputs }), [1, 0]), {
        absolute: 1e-5,
      });
    });
    disposeModule(model);
  });
});
