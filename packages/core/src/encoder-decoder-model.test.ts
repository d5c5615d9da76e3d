import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { shiftRight } from './encoder-decoder-model.ts';

describe('shiftRight', () => {
  leaksNoTensors();

  it('puts the start token first, drops the last label, and pads what is ignored', () => {
    tf.tidy(() => {
      const labels = tf.tensor2d(
        [
          [5, 6, 7],
          [8, -100, -100],
        ],
        undefined,
        'int32',
      );
      const shifted = shiftRight(labels, { decoderStartTokenId: 2, padTokenId: 1 });
      expect(shifted.arraySync()).toEqual([
        [2, 5, 6],
        [2, 8, 1],
      ]);
      expect(shifted.dtype).toBe('int32');
    });
  });
});
