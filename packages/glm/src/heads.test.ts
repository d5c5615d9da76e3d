import * as tf from '@tensorflow/tfjs';
import { createCache, disposeModule, RandomKey, randomParameters, toBatchTensors } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { GlmForConditionalGeneration, GlmForMultipleChoice } from './heads.ts';
import { joinChoices } from './join-choices.ts';
import { glmTiny } from './presets.ts';

const sizes = { vocabSize: 11, maxPositions: 8, hiddenSize: 8, numLayers: 2, numHeads: 2, initializerRange: 0.5 };
const config = { ...glmTiny, ...sizes };
const source = randomParameters(RandomKey.fromSeed(1));
const ids = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, 'int32');

describe('GlmForConditionalGeneration', () => {
  leaksNoTensors();

  it('gives the same logits token by token with a cache, in rows of different lengths', () => {
    const model = new GlmForConditionalGeneration(config, source);
    tf.tidy(() => {
      // Parts A of 3 and 2 tokens, each with its mask at 1; then pieces of 2 tokens after the start.
      const [start, x, y] = [8, 5, 6];
      const whole = model.forward({
        inputIds: ids([
          [1, 7, 3, start, x, y],
          [4, 7, start, y, x, 0],
        ]),
        positionIds: ids([
          [0, 1, 2, 1, 1, 1],
          [0, 1, 1, 1, 1, 0],
        ]),
        blockPositionIds: ids([
          [0, 0, 0, 1, 2, 3],
          [0, 0, 1, 2, 3, 0],
        ]),
        sep: tf.tensor1d([3, 2], 'int32'),
      }).logits;
      const keyValues = model.readContext({
        inputIds: ids([
          [1, 7, 3],
          [4, 7, 0],
        ]),
        positionIds: ids([
          [0, 1, 2],
          [0, 1, 0],
        ]),
        blockPositionIds: ids([
          [0, 0, 0],
          [0, 0, 0],
        ]),
        sep: tf.tensor1d([3, 2], 'int32'),
      });
      let cache: ReturnType<typeof model.readContext> = createCache(keyValues, 6);
      [
        [start, start],
        [x, y],
        [y, x],
      ].forEach(([first = 0, second = 0], step) => {
        const filled = Array.from({ length: 3 }, (_, index) => Number(index < step));
        const result = model.readToken(cache, {
          inputIds: ids([[first], [second]]),
          positionIds: ids([[1], [1]]),
          blockPositionIds: ids([[step + 1], [step + 1]]),
          attentionMask: ids([
            [1, 1, 1, ...filled, 1],
            [1, 1, 0, ...filled, 1],
          ]),
          slot: tf.scalar(3 + step, 'int32'),
        });
        const expected = [3, 2].map((sep, row) => tf.slice(whole, [row, sep + step, 0], [1, 1, -1]));
        expect(result.logits).toBeAllClose(tf.squeeze(tf.concat(expected, 0), [1]), { absolute: 1e-5 });
        cache = result.cache;
      });
    });
    disposeModule(model);
  });
});

describe('GlmForMultipleChoice', () => {
  leaksNoTensors();

  it('scores an answer by the sum of log P of its tokens and of its end', () => {
    const model = new GlmForMultipleChoice(config, source);
    tf.tidy(() => {
      const options = { maskTokenIds: [7], startOfPieceTokenId: 8, endOfPieceTokenId: 9, padTokenId: 0 };
      const inputs = toBatchTensors(joinChoices([{ context: [1, 7], answers: [[5], [6, 4, 2]] }], options));
      const { logits } = model.forward(inputs);
      const { lastHiddenState } = model.model.forward({
        inputIds: ids([[1, 7, 8, 5]]),
        positionIds: ids([[0, 1, 1, 1]]),
        blockPositionIds: ids([[0, 0, 1, 2]]),
        sep: tf.tensor1d([2], 'int32'),
      });
      const scores = tf.logSoftmax(model.model.embeddings.tokens.project(lastHiddenState)).arraySync() as number[][][];
      const [, , ofAnswer = [], ofEnd = []] = scores[0] ?? [];
      expect(logits.dataSync()[0]).toBeCloseTo((ofAnswer[5] ?? 0) + (ofEnd[9] ?? 0), 4);

      const penalized = model.forward(inputs, { lengthPenalty: 0.5 }).logits;
      expect(penalized).toBeAllClose(tf.div(logits, tf.sqrt(tf.tensor2d([[2, 4]]))), { absolute: 1e-5 });
    });
    disposeModule(model);
  });
});
