import * as tf from '@tensorflow/tfjs';
import { createCache, disposeModule, RandomKey, randomParameters, writeCache } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { GptConfig } from './config.ts';
import { GptDoubleHeads } from './double-heads.ts';
import { GptForCausalLm, GptForSequenceClassification } from './heads.ts';
import { gpt1, gptNano } from './presets.ts';

const sizes = { vocabSize: 11, maxPositions: 8, hiddenSize: 8, numLayers: 2, numHeads: 2, intermediateSize: 16 };
const tiny: GptConfig = { ...gptNano, ...sizes, padTokenId: 0, initializerRange: 0.5 };
const source = randomParameters(RandomKey.fromSeed(1));
const ids = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, 'int32');

describe('GptForCausalLm', () => {
  leaksNoTensors();

  it.each([tiny, { ...gpt1, ...sizes, initializerRange: 0.5 }])(
    'gives the same logits token by token with a cache (%#)',
    (config) => {
      const model = new GptForCausalLm(config, source);
      tf.tidy(() => {
        const tokens = [3, 1, 4, 1, 5, 9];
        const whole = model.forward({ inputIds: ids([tokens]) }).logits;
        const capacity = 8;
        let cache = createCache(model.forward({ inputIds: ids([tokens.slice(0, 2)]) }).keyValues, capacity);
        for (let position = 2; position < tokens.length; position++) {
          const filled = Array.from({ length: capacity }, (_, slot) => Number(slot < position));
          const { logits, keyValues } = model.forward({
            inputIds: ids([tokens.slice(position, position + 1)]),
            attentionMask: ids([[...filled, 1]]),
            positionIds: ids([[position]]),
            cache,
          });
          expect(logits).toBeAllClose(tf.slice(whole, [0, position, 0], [1, 1, -1]), { absolute: 1e-5 });
          cache = writeCache(cache, keyValues, tf.scalar(position, 'int32'));
        }
      });
      disposeModule(model);
    },
  );

  it('gives left-padded text the logits of plain text when it is told mask and positions', () => {
    const model = new GptForCausalLm(tiny, source);
    tf.tidy(() => {
      const plain = model.forward({ inputIds: ids([[3, 1, 4]]) }).logits;
      const padded = model.forward({
        inputIds: ids([[0, 0, 3, 1, 4]]),
        attentionMask: ids([[0, 0, 1, 1, 1]]),
        positionIds: ids([[0, 0, 0, 1, 2]]),
      }).logits;
      expect(tf.slice(padded, [0, 2, 0], [1, 3, -1])).toBeAllClose(plain, { absolute: 1e-5 });
      expect(padded.dataSync().every(Number.isFinite)).toBe(true);
    });
    disposeModule(model);
  });

  it('says what is wrong with its inputs', () => {
    const model = new GptForCausalLm(tiny, source);
    tf.tidy(() => {
      const inputIds = ids([[1, 2]]);
      const { keyValues: cache } = model.forward({ inputIds });
      expect(() => model.forward({ inputIds: ids([[1, 2, 3, 4, 5, 6, 7, 8, 9]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GptModel: a sequence must have at most 8 tokens, got 9. Shorten the text, or use a model with more positions.]`,
      );
      expect(() => model.forward({ inputIds: tf.tensor1d([1], 'int32') })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GptModel: inputIds must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(() => model.forward({ inputIds, cache })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GptModel: with a cache, attentionMask and positionIds must be given. The mask says which of the slots are filled.]`,
      );
      expect(() => model.forward({ inputIds, attentionMask: ids([[1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GptModel: attentionMask must have 2 columns (cache and tokens), got [1, 1]. Give one column per cached slot and per token.]`,
      );
    });
    disposeModule(model);
  });
});

describe('GptForSequenceClassification', () => {
  leaksNoTensors();

  it('judges by the last token that is not padding, on either side', () => {
    const model = new GptForSequenceClassification(tiny, source);
    tf.tidy(() => {
      const plain = model.forward({ inputIds: ids([[3, 1, 4]]) }).logits;
      const right = model.forward({
        inputIds: ids([
          [3, 1, 4, 0, 0],
          [5, 6, 7, 8, 9],
        ]),
      }).logits;
      expect(tf.slice(right, [0, 0], [1, -1])).toBeAllClose(plain, { absolute: 1e-5 });
      const left = model.forward({ inputIds: ids([[0, 3, 1, 4]]), attentionMask: ids([[0, 1, 1, 1]]) }).lastHiddenState;
      const logits = model.score.forward(tf.slice(left, [0, 3, 0], [1, 1, -1]));
      expect(model.forward({ inputIds: ids([[0, 3, 1, 4]]), attentionMask: ids([[0, 1, 1, 1]]) }).logits).toBeAllClose(
        tf.squeeze(logits, [1]),
      );
    });
    disposeModule(model);
  });

  it('judges by the mean of all tokens where the configuration says so', () => {
    const model = new GptForSequenceClassification({ ...tiny, classifierPooling: 'mean' }, source);
    tf.tidy(() => {
      const { logits, lastHiddenState } = model.forward({
        inputIds: ids([
          [3, 1, 4, 0, 0],
          [5, 6, 7, 8, 9],
        ]),
      });
      const means = [3, 5].map((length, row) => tf.mean(tf.slice(lastHiddenState, [row, 0, 0], [1, length, -1]), 1));
      expect(logits).toBeAllClose(model.score.forward(tf.concat(means)), { absolute: 1e-6 });
    });
    disposeModule(model);
  });

  it('takes one sequence without a padding token, and refuses several', () => {
    const model = new GptForSequenceClassification({ ...tiny, padTokenId: undefined }, source);
    tf.tidy(() => {
      expect(model.forward({ inputIds: ids([[3, 0]]) }).logits.shape).toEqual([1, 2]);
      expect(() => model.forward({ inputIds: ids([[1], [2]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ConfigError: CONFIG_INVALID: GptForSequenceClassification: padTokenId must be set to classify 2 sequences at once. Set pad_token_id in the configuration, or pass one sequence at a time.]`,
      );
    });
    disposeModule(model);
  });
});

describe('GptDoubleHeads', () => {
  leaksNoTensors();

  it('judges by the last token unless it is told which, and scores every next token', () => {
    const model = new GptDoubleHeads(tiny, source);
    const lm = new GptForCausalLm(tiny, source);
    tf.tidy(() => {
      const inputIds = tf.tensor3d([3, 1, 4, 1, 5, 9], [1, 2, 3], 'int32');
      const byDefault = model.forward({ inputIds });
      expect(byDefault.mcLogits).toBeAllClose(model.forward({ inputIds, mcTokenIds: ids([[2, 2]]) }).mcLogits);
      expect(byDefault.mcLogits).not.toBeAllClose(model.forward({ inputIds, mcTokenIds: ids([[0, 1]]) }).mcLogits);
      const { logits } = lm.forward({ inputIds: tf.reshape(inputIds, [2, 3]) });
      expect(byDefault.logits).toBeAllClose(tf.reshape(logits, [1, 2, 3, 11]), { absolute: 1e-6 });
      expect(() => model.forward({ inputIds: ids([[1, 2]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GptDoubleHeads: inputIds must have 3 axes, got shape [1, 2]. Reshape it.]`,
      );
    });
    disposeModule(model);
    disposeModule(lm);
  });
});
