import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { leaksNoTensors } from './leaks-no-tensors.ts';

describe('leaksNoTensors', () => {
  leaksNoTensors();

  it('accepts a test that disposes what it makes', () => {
    const sum = tf.tidy(() => tf.sum(tf.ones([2])).dataSync()[0]);
    expect(sum).toBe(2);
  });

  // The failure is the assertion: vitest turns the hook's error into a pass.
  it.fails('fails a test that leaves a tensor', () => {
    const left = tf.zeros([2]);
    onTestFinished(() => {
      left.dispose();
    });
  });
});
