import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { nextLabels, previousLabels } from './neighbour-labels.ts';

describe('labels of neighbours', () => {
  leaksNoTensors();

  it('lie one position before and after, and never in padding', () => {
    tf.tidy(() => {
      const labels = tf.tensor2d(
        [
          [1, 2, 3],
          [4, 5, -100],
        ],
        [2, 3],
        'int32',
      );
      expect(nextLabels(labels).arraySync()).toEqual([
        [2, 3, -100],
        [5, -100, -100],
      ]);
      expect(previousLabels(labels).arraySync()).toEqual([
        [-100, 1, 2],
        [-100, 4, -100],
      ]);
    });
  });
});
