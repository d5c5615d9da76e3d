import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { lossOf, outputTensor, tensorOutputs } from './fixture.ts';

describe('fixtures', () => {
  leaksNoTensors();

  it('finds the outputs that are tensors', () => {
    tf.tidy(() => {
      const outputs = { logits: tf.zeros([2]), hiddenStates: [tf.zeros([2])], keyValues: undefined };
      expect(tensorOutputs(outputs)).toEqual(['logits']);
      expect(outputTensor(outputs, 'logits').shape).toEqual([2]);
      expect(() => outputTensor(outputs, 'loss')).toThrow('The model has no output loss; it has logits');
    });
  });

  it('refuses a task without a loss', () => {
    expect(() => lossOf('telepathy', {}, {})).toThrow('There is no loss for telepathy');
  });
});
