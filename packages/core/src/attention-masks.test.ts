import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { causalBias, paddingBias, prefixBias } from './attention-masks.ts';

/** 1 = attended to. */
function visible(bias: tf.Tensor): unknown {
  return tf.cast(tf.equal(bias, 0), 'int32').arraySync();
}

describe('attention masks', () => {
  leaksNoTensors();

  it('show each target itself and what is before it', () => {
    tf.tidy(() => {
      expect(visible(causalBias(3, 0))).toEqual([
        [
          [
            [1, 0, 0],
            [1, 1, 0],
            [1, 1, 1],
          ],
        ],
      ]);
    });
  });

  it('count from the lower right with a cache', () => {
    tf.tidy(() => {
      expect(visible(causalBias(2, 2))).toEqual([
        [
          [
            [1, 1, 1, 0],
            [1, 1, 1, 1],
          ],
        ],
      ]);
    });
  });

  it('show a prefix to all, and what follows it to later targets only', () => {
    tf.tidy(() => {
      const lengths = tf.tensor1d([2, 0], 'int32');
      const mask = tf.tensor2d(
        [
          [0, 1, 1],
          [1, 1, 1],
        ],
        undefined,
        'int32',
      );
      expect(visible(prefixBias(3, lengths, mask))).toEqual([
        [
          [
            [0, 1, 0],
            [0, 1, 0],
            [0, 1, 1],
          ],
        ],
        [
          [
            [1, 0, 0],
            [1, 1, 0],
            [1, 1, 1],
          ],
        ],
      ]);
      expect(visible(prefixBias(2, tf.tensor1d([2], 'int32')))).toEqual([
        [
          [
            [1, 1],
            [1, 1],
          ],
        ],
      ]);
    });
  });

  it('hide padding and empty slots, and stay finite where both reasons meet', () => {
    tf.tidy(() => {
      const bias = causalBias(
        2,
        1,
        tf.tensor2d(
          [
            [0, 1, 1],
            [1, 1, 0],
          ],
          [2, 3],
          'int32',
        ),
      );
      expect(visible(bias)).toEqual([
        [
          [
            [0, 1, 0],
            [0, 1, 1],
          ],
        ],
        [
          [
            [1, 1, 0],
            [1, 1, 0],
          ],
        ],
      ]);
      expect(bias.dataSync().every(Number.isFinite)).toBe(true);
      expect(visible(paddingBias(tf.tensor2d([[1, 0]])))).toEqual([[[[1, 0]]]]);
    });
  });
});
