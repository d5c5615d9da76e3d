import * as tf from '@tensorflow/tfjs';
import {
  createCache,
  disposeModule,
  RandomKey,
  randomParameters,
  withParameters,
  writeCache,
  type KeyValues,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BartConfig } from './config.ts';
import { BartForConditionalGeneration, BartForQuestionAnswering, BartForSequenceClassification } from './heads.ts';
import { bartTiny } from './presets.ts';

const config: BartConfig = {
  ...bartTiny,
  vocabSize: 11,
  maxPositions: 8,
  hiddenSize: 8,
  encoder: { numLayers: 1, numHeads: 2, intermediateSize: 16 },
  decoder: { numLayers: 2, numHeads: 4, intermediateSize: 16 },
  initializerRange: 0.5,
};
const source = randomParameters(RandomKey.fromSeed(1));
const ids = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, 'int32');

describe('BartForConditionalGeneration', () => {
  leaksNoTensors();

  const inputs = () => ({
    inputIds: ids([
      [0, 3, 4, 5, 2],
      [0, 6, 2, 1, 1],
    ]),
    attentionMask: ids([
      [1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0],
    ]),
    decoderInputIds: ids([
      [2, 0, 7, 8, 9, 10],
      [2, 0, 5, 4, 3, 10],
    ]),
  });

  it('decodes as it does all at once', () => {
    const model = new BartForConditionalGeneration(config, source);
    tf.tidy(() => {
      const { inputIds, attentionMask, decoderInputIds } = inputs();
      const { logits } = model.forward({ inputIds, attentionMask, decoderInputIds });
      const { lastHiddenState } = model.encode({ inputIds, attentionMask });
      const crossKeyValues = model.crossKeyValues(lastHiddenState);
      const decoded = model.decode({ inputIds: decoderInputIds, crossKeyValues, encoderAttentionMask: attentionMask });
      expect(decoded.logits).toBeAllClose(logits, {});
    });
    disposeModule(model);
  });

  it('gives the same logits token by token with a cache', () => {
    const model = new BartForConditionalGeneration(config, source);
    tf.tidy(() => {
      const { inputIds, attentionMask, decoderInputIds } = inputs();
      const { logits } = model.forward({ inputIds, attentionMask, decoderInputIds });
      const crossKeyValues = model.crossKeyValues(model.encode({ inputIds, attentionMask }).lastHiddenState);
      const { numLayers, numHeads, headSize } = model.cacheShape;
      const none = tf.zeros([2, numHeads, 0, headSize]);
      const capacity = 7;
      let cache: KeyValues[] = createCache(Array<KeyValues>(numLayers).fill({ key: none, value: none }), capacity);
      for (let position = 0; position < 6; position++) {
        const mask = Array.from({ length: capacity + 1 }, (_, slot) => Number(slot < position || slot === capacity));
        const step = model.decode({
          inputIds: tf.slice(decoderInputIds, [0, position], [2, 1]),
          attentionMask: ids([mask, mask]),
          positionIds: tf.fill([2, 1], position, 'int32'),
          cache,
          crossKeyValues,
          encoderAttentionMask: attentionMask,
        });
        expect(step.logits).toBeAllClose(tf.slice(logits, [0, position, 0], [2, 1, -1]), { absolute: 1e-5 });
        cache = writeCache(cache, step.keyValues, tf.scalar(position, 'int32'));
      }
    });
    disposeModule(model);
  });

  it('continues a target that was read at once', () => {
    const model = new BartForConditionalGeneration(config, source);
    tf.tidy(() => {
      const { inputIds, attentionMask, decoderInputIds } = inputs();
      const { logits } = model.forward({ inputIds, attentionMask, decoderInputIds });
      const encoded = model.encode({ inputIds, attentionMask }).lastHiddenState;
      const given = { crossKeyValues: model.crossKeyValues(encoded), encoderAttentionMask: attentionMask };
      const prompt = model.decode({ inputIds: tf.slice(decoderInputIds, [0, 0], [2, 3]), ...given });
      const rest = model.decode({
        inputIds: tf.slice(decoderInputIds, [0, 3], [2, 3]),
        attentionMask: ids([
          [1, 1, 1, 0, 1, 1, 1],
          [1, 1, 1, 0, 1, 1, 1],
        ]),
        positionIds: ids([
          [3, 4, 5],
          [3, 4, 5],
        ]),
        cache: createCache(prompt.keyValues, 4),
        ...given,
      });
      expect(rest.logits).toBeAllClose(tf.slice(logits, [0, 3, 0], [2, 3, -1]), { absolute: 1e-5 });
    });
    disposeModule(model);
  });

  it('sees no padding of source and target, whatever stands there', () => {
    const model = new BartForConditionalGeneration(config, source);
    tf.tidy(() => {
      const { inputIds, attentionMask, decoderInputIds } = inputs();
      const plain = model.forward({
        inputIds: ids([[0, 6, 2]]),
        decoderInputIds: tf.slice(decoderInputIds, [1, 0], [1, 4]),
      });
      const junk = tf.where(tf.equal(attentionMask, 1), inputIds, tf.fill([2, 5], 9, 'int32'));
      const padded = model.forward({
        inputIds: junk,
        attentionMask,
        decoderInputIds,
        decoderAttentionMask: ids([
          [1, 1, 1, 1, 1, 1],
          [1, 1, 1, 1, 0, 0],
        ]),
      });
      expect(tf.slice(padded.logits, [1, 0, 0], [1, 4, -1])).toBeAllClose(plain.logits, { absolute: 1e-5 });
    });
    disposeModule(model);
  });

  it('adds the final bias and does not train it', () => {
    const model = new BartForConditionalGeneration(config, source);
    tf.tidy(() => {
      const scores = (finalLogitsBias: tf.Tensor): tf.Tensor =>
        withParameters(model, { finalLogitsBias }).forward({ inputIds: ids([[0, 2]]), decoderInputIds: ids([[2]]) })
          .logits;
      const bias = tf.range(0, 11);
      expect(tf.sub(scores(bias), scores(tf.zeros([11])))).toBeAllClose(tf.reshape(bias, [1, 1, 11]));
      expect(tf.grad(scores)(bias)).toBeAllClose(tf.zeros([11]), {});
    });
    disposeModule(model);
  });

  it('says what is wrong with its inputs', () => {
    const model = new BartForConditionalGeneration(config, source);
    tf.tidy(() => {
      const inputIds = ids([[1, 2]]);
      const long = ids([[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
      const crossKeyValues = model.crossKeyValues(model.encode({ inputIds }).lastHiddenState);
      const { keyValues: cache } = model.decode({ inputIds, crossKeyValues });
      expect(() => model.encode({ inputIds: long })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BartEmbeddings: a sequence must have at most 8 tokens, got 9. Shorten the text, or use a model with more positions.]`,
      );
      expect(() => model.encode({ inputIds: tf.tensor1d([1], 'int32') })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BartEmbeddings: inputIds must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(() => model.decode({ inputIds, crossKeyValues: [] })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BartDecoder: crossKeyValues must have 2 entries, one per layer, got 0. Pass what crossKeyValues(encoderLastHiddenState) of the same model returned.]`,
      );
      expect(() => model.decode({ inputIds, crossKeyValues, cache })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BartDecoder: with a cache, attentionMask and positionIds must be given. The mask says which of the slots are filled.]`,
      );
      expect(() =>
        model.decode({ inputIds, crossKeyValues, attentionMask: ids([[1]]) }),
      ).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: BartDecoder: attentionMask must have 2 columns (cache and tokens), got [1, 1]. Give one column per cached slot and per token.]`,
      );
    });
    disposeModule(model);
  });
});

describe('BartForSequenceClassification', () => {
  leaksNoTensors();

  it('judges by the decoder at the last end of text, before any padding', () => {
    const model = new BartForSequenceClassification(config, source);
    tf.tidy(() => {
      const plain = model.forward({ inputIds: ids([[0, 3, 2, 4, 2]]) });
      const state = tf.squeeze(tf.slice(plain.lastHiddenState, [0, 4, 0], [1, 1, -1]), [1]);
      expect(plain.logits).toBeAllClose(model.classificationHead.forward(state));
      const { logits } = model.forward({
        inputIds: ids([[0, 3, 2, 4, 2, 1, 1]]),
        attentionMask: ids([[1, 1, 1, 1, 1, 0, 0]]),
      });
      expect(logits).toBeAllClose(plain.logits, { absolute: 1e-5 });
    });
    disposeModule(model);
  });
});

describe('BartForQuestionAnswering', () => {
  leaksNoTensors();

  it('scores each token as begin and as end', () => {
    const model = new BartForQuestionAnswering(config, source);
    tf.tidy(() => {
      const { startLogits, endLogits, lastHiddenState } = model.forward({ inputIds: ids([[0, 3, 2, 4]]) });
      const scores = model.score.forward(lastHiddenState);
      expect(tf.stack([startLogits, endLogits], -1)).toBeAllClose(scores, {});
      expect(startLogits).toHaveShape([1, 4]);
    });
    disposeModule(model);
  });
});
