import * as tf from '@tensorflow/tfjs';
import { createCache, disposeModule, RandomKey, randomParameters, type BlankInfillingInputs } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { GlmModel } from './model.ts';
import { glmTiny } from './presets.ts';

const sizes = { vocabSize: 11, maxPositions: 8, hiddenSize: 8, numLayers: 2, numHeads: 2, initializerRange: 0.5 };
const ids = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, 'int32');

describe('GlmModel', () => {
  const model = new GlmModel({ ...glmTiny, ...sizes }, randomParameters(RandomKey.fromSeed(1)));
  leaksNoTensors();
  afterAll(() => {
    disposeModule(model);
  });

  /** Part A of three tokens, part B of two. */
  const inputs = (tokens: number[]): BlankInfillingInputs => ({
    inputIds: ids([tokens]),
    positionIds: ids([[0, 1, 2, 1, 1]]),
    blockPositionIds: ids([[0, 0, 0, 1, 2]]),
    sep: tf.tensor1d([3], 'int32'),
  });
  const hidden = (tokens: number[]): number[][] =>
    tf.tidy(() => tf.squeeze<tf.Tensor2D>(model.forward(inputs(tokens)).lastHiddenState, [0]).arraySync());

  it('reads part A from both sides, and part B from left to right with part A in view', () => {
    const before = hidden([1, 2, 3, 4, 5]);
    const changed = (tokens: number[]): boolean[] =>
      hidden(tokens).map((state, place) => state.join() !== before[place]?.join());
    expect(changed([1, 2, 9, 4, 5])).toEqual([true, true, true, true, true]);
    expect(changed([1, 2, 3, 9, 5])).toEqual([false, false, false, true, true]);
    expect(changed([1, 2, 3, 4, 9])).toEqual([false, false, false, false, true]);
  });

  it('reads all from both sides where no part B is named', () => {
    tf.tidy(() => {
      const plain = model.forward({ inputIds: ids([[1, 2, 3]]) });
      const named = model.forward({
        inputIds: ids([[1, 2, 3]]),
        positionIds: ids([[0, 1, 2]]),
        blockPositionIds: ids([[0, 0, 0]]),
        sep: tf.tensor1d([3], 'int32'),
      });
      expect(plain.lastHiddenState).toBeAllClose(named.lastHiddenState, { absolute: 1e-6 });
      const padded = model.forward({ inputIds: ids([[1, 2, 3, 0]]), attentionMask: ids([[1, 1, 1, 0]]) });
      expect(tf.slice(padded.lastHiddenState, [0, 0, 0], [1, 3, -1])).toBeAllClose(plain.lastHiddenState, {
        absolute: 1e-5,
      });
    });
  });

  it('gives left-padded rows the states of plain ones', () => {
    tf.tidy(() => {
      const plain = model.forward(inputs([1, 2, 3, 4, 5])).lastHiddenState;
      const padded = model.forward({
        inputIds: ids([[0, 0, 1, 2, 3, 4, 5]]),
        attentionMask: ids([[0, 0, 1, 1, 1, 1, 1]]),
        positionIds: ids([[0, 0, 0, 1, 2, 1, 1]]),
        blockPositionIds: ids([[0, 0, 0, 0, 0, 1, 2]]),
        sep: tf.tensor1d([5], 'int32'),
      }).lastHiddenState;
      expect(tf.slice(padded, [0, 2, 0], [1, 5, -1])).toBeAllClose(plain, { absolute: 1e-5 });
    });
  });

  it('says what is wrong with its inputs', () => {
    tf.tidy(() => {
      const { inputIds, positionIds, blockPositionIds, sep } = inputs([1, 2, 3, 4, 5]);
      const cache = createCache(model.forward({ inputIds }).keyValues, 6);
      const run = (given: BlankInfillingInputs) => (): unknown => model.forward(given);
      expect(run({ inputIds: tf.tensor1d([1], 'int32') })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: inputIds must have 2 axes, got shape [1]. Reshape it.]`,
      );
      expect(run({ inputIds: ids([[1, 2, 3, 4, 5, 6, 7, 8, 9]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: a text must have at most 8 tokens, got 9. Shorten the text, or use a model with more positions.]`,
      );
      expect(run({ inputIds, positionIds, sep })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: with sep, positionIds and blockPositionIds must be given. Part B has the position of its mask; joinPieces makes both.]`,
      );
      expect(run({ inputIds, cache })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: with a cache, positionIds and blockPositionIds must be given. Part B has the position of its mask; joinPieces makes both.]`,
      );
      expect(run({ inputIds, positionIds, blockPositionIds, cache })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: with a cache, attentionMask must be given. The mask says which of the slots are filled.]`,
      );
      expect(run({ inputIds, positionIds, blockPositionIds, cache, sep })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: with a cache there must be no sep, because part A is in the cache. Leave sep out.]`,
      );
      expect(run({ inputIds, attentionMask: ids([[1]]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GlmModel: attentionMask must have 5 columns (cache and tokens), got [1, 1]. Give one column per cached slot and per token.]`,
      );
    });
  });
});
