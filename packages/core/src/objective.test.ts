import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { toBatchTensors } from './objective.ts';

describe('toBatchTensors', () => {
  leaksNoTensors();

  it('copies each field with its shape and type', () => {
    const data = Int32Array.of(1, 2);
    const { inputIds, weights } = toBatchTensors({
      inputIds: { data, shape: [1, 2] },
      weights: { data: Float32Array.of(0.5), shape: [1] },
    });
    data[0] = 9;
    expect([inputIds.dtype, inputIds.shape, [...inputIds.dataSync()]]).toEqual(['int32', [1, 2], [1, 2]]);
    expect([weights.dtype, weights.shape]).toEqual(['float32', [1]]);
    tf.dispose([inputIds, weights]);
  });
});
