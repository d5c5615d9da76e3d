import * as tf from '@tensorflow/tfjs';
import { disposeModule, RandomKey, randomParameters } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { t5Base } from './presets.ts';
import { RelativePositionBias, relativePositionBuckets } from './relative-position-bias.ts';

/** Where each bucket begins, by distance: what `T5Attention._relative_position_bucket` of transformers 5.18 gives. */
const FIRST_DISTANCES = {
  causal: [...Array(16).keys(), 16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113],
  bidirectional: [...Array(8).keys(), 8, 12, 16, 23, 32, 46, 64, 91],
};

describe('relativePositionBuckets', () => {
  const options = { numBuckets: 32, maxDistance: 128 };
  const bucketOf = (distance: number, firsts: readonly number[]): number =>
    firsts.findLastIndex((first) => first <= distance);

  it('gives the future no bucket where it is not seen', () => {
    const buckets = relativePositionBuckets({ ...options, isBidirectional: false });
    expect([...buckets]).toEqual(
      Array.from({ length: 257 }, (_, row) => bucketOf(Math.max(128 - row, 0), FIRST_DISTANCES.causal)),
    );
  });

  it('gives the future buckets of its own where it is seen', () => {
    const buckets = relativePositionBuckets({ ...options, isBidirectional: true });
    expect([...buckets]).toEqual(
      Array.from({ length: 257 }, (_, row) => {
        const bucket = bucketOf(Math.abs(row - 128), FIRST_DISTANCES.bidirectional);
        return row > 128 ? 16 + bucket : bucket;
      }),
    );
  });
});

describe('RelativePositionBias', () => {
  leaksNoTensors();

  it('depends on the difference of positions only, and not beyond the largest distance', () => {
    const bias = new RelativePositionBias({ ...t5Base, numHeads: 3 }, true, randomParameters(RandomKey.fromSeed(1)));
    tf.tidy(() => {
      const positions = (...values: number[]): tf.Tensor => tf.tensor2d([values], undefined, 'int32');
      const near = bias.forward(positions(2, 3), positions(0, 2, 4, 500));
      expect(near.shape).toEqual([1, 3, 2, 4]);
      expect(bias.forward(positions(702, 703), positions(700, 702, 704, 2000))).toBeAllClose(near, { absolute: 0 });
      const before = tf.slice(near, [0, 0, 0, 0], [1, 3, 1, 1]);
      const after = tf.slice(near, [0, 0, 0, 2], [1, 3, 1, 1]);
      expect(before).not.toBeAllClose(after);
    });
    disposeModule(bias);
  });
});
