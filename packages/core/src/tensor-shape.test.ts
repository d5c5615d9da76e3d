import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { isTensor, shapeOf, tensorAt, theOnly } from './tensor-shape.ts';

describe('tensor shapes', () => {
  leaksNoTensors();

  it('come as tuples of the expected rank, or as an error', () => {
    tf.tidy(() => {
      const [rows, columns] = shapeOf(tf.ones([2, 3]), 2, 'x');
      expect([rows, columns]).toEqual([2, 3]);
      expect(() => shapeOf(tf.ones([2, 3]), 3, 'GptModel: inputIds')).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: GptModel: inputIds must have 3 axes, got shape [2, 3]. Reshape it.]`,
      );
    });
  });

  it('pick tensors out of lists', () => {
    tf.tidy(() => {
      const tensor = tf.scalar(1);
      expect([isTensor(tensor), isTensor({ shape: [] }), theOnly([tensor]) === tensor]).toEqual([true, false, true]);
      expect(() => tensorAt([tensor], 1)).toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: INTERNAL: There is no tensor at position 1. This is a bug in Cloze; please report it with this message.]`,
      );
    });
  });
});
