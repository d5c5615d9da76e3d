import * as tf from '@tensorflow/tfjs';
import { createCache, disposeModule, RandomKey, randomParameters, writeCache, type KeyValues } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { T5Config } from './config.ts';
import { T5ForConditionalGeneration } from './heads.ts';
import { t5Tiny } from './presets.ts';

const tiny: T5Config = {
  ...t5Tiny,
  vocabSize: 11,
  hiddenSize: 8,
  numHeads: 2,
  headSize: 6,
  intermediateSize: 12,
  numBuckets: 8,
  maxDistance: 6,
  initializerFactor: 2,
};
const ids = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, 'int32');

describe('T5ForConditionalGeneration', () => {
  let model: T5ForConditionalGeneration;
  beforeAll(() => {
    model = new T5ForConditionalGeneration(tiny, randomParameters(RandomKey.fromSeed(1)));
  });
  afterAll(() => {
    disposeModule(model);
  });

  const source = (): { inputIds: tf.Tensor; attentionMask: tf.Tensor } => ({
    inputIds: ids([
      [2, 7, 1, 8, 2],
      [3, 1, 4, 0, 0],
    ]),
    attentionMask: ids([
      [1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0],
    ]),
  });
  const encoded = (): { crossKeyValues: readonly KeyValues[]; encoderAttentionMask: tf.Tensor } => ({
    crossKeyValues: model.crossKeyValues(model.encode(source()).lastHiddenState),
    encoderAttentionMask: source().attentionMask,
  });
  const targets = [
    [0, 3, 1, 4, 1, 5, 9, 2, 6, 5],
    [0, 2, 7, 1, 8, 2, 8, 1, 8, 2],
  ];
  const column = (rows: number[][], position: number): tf.Tensor =>
    ids(rows.map((row) => row.slice(position, position + 1)));

  leaksNoTensors();

  it('is its parts put together', () => {
    tf.tidy(() => {
      const { inputIds, attentionMask } = source();
      const whole = model.forward({ inputIds, attentionMask, decoderInputIds: ids(targets) });
      const { logits, hiddenStates } = model.decode({ inputIds: ids(targets), ...encoded() });
      expect(logits).toBeAllClose(whole.logits, { absolute: 0 });
      expect(hiddenStates).toHaveLength(whole.decoderHiddenStates.length);
    });
  });

  it('gives the same logits token by token with a cache', () => {
    tf.tidy(() => {
      const whole = model.decode({ inputIds: ids(targets), ...encoded() }).logits;
      const capacity = 16;
      let cache = createCache(model.decode({ inputIds: column(targets, 0), ...encoded() }).keyValues, capacity);
      for (let position = 1; position < 10; position++) {
        const filled = Array.from({ length: capacity }, (_, slot) => Number(slot < position));
        const { logits, keyValues } = model.decode({
          inputIds: column(targets, position),
          attentionMask: ids([0, 1].map(() => [...filled, 1])),
          positionIds: ids([[position], [position]]),
          cache,
          ...encoded(),
        });
        expect(logits).toBeAllClose(tf.slice(whole, [0, position, 0], [2, 1, -1]), { absolute: 1e-5 });
        cache = writeCache(cache, keyValues, tf.scalar(position, 'int32'));
      }
    });
  });

  it('counts positions, not slots: padding on the left of a cached prompt shifts nothing', () => {
    tf.tidy(() => {
      const [first = [], second = []] = targets.map((row) => row.slice(0, 6));
      const lastOf = (row: number[], index: number): tf.Tensor => {
        const cross = encoded();
        const rowOf = (tensor: tf.Tensor): tf.Tensor => tf.slice(tensor, [index], [1]);
        const { logits } = model.decode({
          inputIds: ids([row]),
          encoderAttentionMask: rowOf(cross.encoderAttentionMask),
          crossKeyValues: cross.crossKeyValues.map(({ key, value }) => ({ key: rowOf(key), value: rowOf(value) })),
        });
        return tf.slice(logits, [0, row.length - 1, 0], [1, 1, -1]);
      };
      const prompt = model.decode({
        inputIds: ids([first.slice(0, 5), [0, 0, 0, ...second.slice(0, 2)]]),
        attentionMask: ids([
          [1, 1, 1, 1, 1],
          [0, 0, 0, 1, 1],
        ]),
        positionIds: ids([
          [0, 1, 2, 3, 4],
          [0, 0, 0, 0, 1],
        ]),
        ...encoded(),
      });
      const { logits } = model.decode({
        inputIds: ids([first.slice(5, 6), second.slice(2, 3)]),
        attentionMask: ids([
          [1, 1, 1, 1, 1, 0, 0, 1],
          [0, 0, 0, 1, 1, 0, 0, 1],
        ]),
        positionIds: ids([[5], [2]]),
        cache: createCache(prompt.keyValues, 7),
        ...encoded(),
      });
      const expected = tf.concat([lastOf(first, 0), lastOf(second.slice(0, 3), 1)]);
      expect(logits).toBeAllClose(expected, { absolute: 1e-5 });
    });
  });

  it('sees no future', () => {
    tf.tidy(() => {
      const changed = targets.map((row) => row.with(7, 10));
      const [some, other] = [targets, changed].map((rows) => {
        const { logits } = model.decode({ inputIds: ids(rows), ...encoded() });
        return tf.slice(logits, [0, 0, 0], [2, 7, -1]);
      });
      expect(some).toBeAllClose(other ?? [], { absolute: 0 });
    });
  });

  it('starts with logits of the size of one, tied or not', () => {
    for (const changes of [{}, { isTied: false, scalesOutput: false }]) {
      const config = { ...t5Tiny, ...changes };
      const fresh = new T5ForConditionalGeneration(config, randomParameters(RandomKey.fromSeed(1)));
      tf.tidy(() => {
        const { logits } = fresh.forward({ inputIds: ids([[5, 6, 7]]), decoderInputIds: ids([[0, 5, 6]]) });
        const { variance } = tf.moments(logits);
        expect(Math.sqrt(variance.dataSync()[0] ?? 0)).toBeCloseTo(1, 0);
      });
      disposeModule(fresh);
    }
  });

  it('says what is wrong with its inputs', () => {
    tf.tidy(() => {
      const { inputIds } = source();
      const cross = encoded();
      const decode = (inputs: object) => (): unknown => model.decode({ inputIds: ids([[1, 2]]), ...cross, ...inputs });
      const { keyValues: cache } = model.decode({ inputIds: ids([[1], [2]]), ...cross });
      expect(() => model.encode({ inputIds, attentionMask: ids([[1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: T5: attentionMask must have 5 columns, got [1, 1]. Give one column per token, and one per slot of the cache before them.]`,
      );
      expect(() => model.encode({ inputIds: tf.tensor1d([1], 'int32') })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: T5: inputIds must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(decode({ inputIds: tf.tensor1d([1], 'int32') })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: T5: inputIds of the target must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(decode({ attentionMask: ids([[1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: T5: the attentionMask of the target must have 2 columns, got [1, 1]. Give one column per token, and one per slot of the cache before them.]`,
      );
      expect(decode({ encoderAttentionMask: ids([[1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: T5: encoderAttentionMask must have 5 columns, got [1, 1]. Give one column per token, and one per slot of the cache before them.]`,
      );
      expect(decode({ cache })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: T5: with a cache, attentionMask and positionIds must be given. The mask says which of the slots are filled.]`,
      );
    });
  });
});
