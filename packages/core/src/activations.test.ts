import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, gelu, geluTanh } from './activations.ts';

const POINTS = [-3.1, -1.2, -0.35, 0.4, 1.7, 2.9];

describe('activations', () => {
  leaksNoTensors();

  it('compute GELU by its definition and by its approximation', () => {
    tf.tidy(() => {
      // From a normal distribution table: P(X <= 1) = 0.8413447, P(X <= -2) = 0.0227501.
      expect(gelu(tf.tensor1d([0, 1, -2]))).toBeAllClose([0, 0.8413447, -0.0455003], { absolute: 1e-6 });
      expect(geluTanh(tf.tensor1d([0, 1, -2]))).toBeAllClose([0, 0.841192, -0.0454023], { absolute: 1e-6 });
      expect(gelu(tf.tensor1d(POINTS))).toBeAllClose(geluTanh(tf.tensor1d(POINTS)), { absolute: 5e-4 });
    });
  });

  it.each(Object.entries(ACTIVATIONS))('differentiates %s', (_, activation) => {
    tf.tidy(() => {
      checkGradients(activation, [tf.tensor2d(POINTS, [2, 3])]);
    });
  });
});
