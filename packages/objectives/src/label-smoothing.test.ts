import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { smoothedCrossEntropy } from './label-smoothing.ts';

describe('smoothedCrossEntropy', () => {
  leaksNoTensors();

  const logits = () => tf.tensor3d([0.3, -1.2, 2.1, 0.8, 0.1, -0.4, 1.5, 1.9, -2.2], [1, 3, 3]);
  const labels = () => tf.tensor2d([[2, -100, 0]], undefined, 'int32');

  it('is the cross entropy with a label of which a share is spread evenly', () => {
    tf.tidy(() => {
      const spread = (label: number) => [0, 1, 2].map((id) => 0.9 * Number(id === label) + 0.1 / 3);
      const wanted = tf.tensor3d([[spread(2), [0, 0, 0], spread(0)]]);
      const expected = tf.div(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits()), wanted))), 2);
      const { loss, negativeLogLikelihood, numTargets } = smoothedCrossEntropy(logits(), labels(), 0.1);
      expect(loss).toBeAllClose(expected, { relative: 1e-6 });
      expect(numTargets.dataSync()[0]).toBe(2);
      expect(smoothedCrossEntropy(logits(), labels(), 0).loss).toBeAllClose(negativeLogLikelihood, { relative: 1e-6 });
    });
  });

  it('has the gradient of its values', () => {
    tf.tidy(() => {
      const constants = labels();
      checkGradients((logits) => smoothedCrossEntropy(logits, constants, 0.1).loss, [logits()]);
    });
  });
});
