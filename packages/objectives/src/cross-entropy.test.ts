import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { crossEntropy, IGNORED_LABEL, tokenCrossEntropy } from './cross-entropy.ts';

const LOGITS = [0.3, -1.2, 2.1, 0.8, 0.1, -0.4, 1.5, 1.9, -2.2, 0.6, 0.7, -0.9];

describe('crossEntropy', () => {
  leaksNoTensors();

  it('is the mean negative log likelihood of the labels that count', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d(LOGITS, [1, 4, 3]);
      const labels = tf.tensor2d([[2, IGNORED_LABEL, 0, 1]], [1, 4], 'int32');
      const picked = tf.gather(tf.reshape(tf.logSoftmax(logits), [-1]), tf.tensor1d([2, 6, 10], 'int32'));
      const { loss, numTargets } = crossEntropy(logits, labels);
      expect(loss).toBeAllClose(tf.neg(tf.mean(picked)), { absolute: 1e-6 });
      expect(numTargets.dataSync()[0]).toBe(3);
    });
  });

  it('has a gradient that is zero where nothing is predicted', () => {
    tf.tidy(() => {
      const labels = tf.tensor1d([2, -1, 0, 1], 'int32');
      const logits = tf.tensor2d(LOGITS, [4, 3]);
      checkGradients((logits) => crossEntropy(logits, labels).loss, [logits]);
      checkGradients((logits) => tf.square(tokenCrossEntropy(logits, labels)), [logits]);
      const gradient = tf.grad((logits) => tf.sum(tokenCrossEntropy(logits, labels)))(logits);
      expect(gradient.dataSync().slice(3, 6)).toBeAllClose([0, 0, 0], {});
    });
  });

  it('stays exact for large logits and keeps nothing but its result', () => {
    const logits = tf.tensor2d([1000, 0, -1000, -1001], [2, 2]);
    const labels = tf.tensor1d([0, 0], 'int32');
    const before = tf.memory().numTensors;
    const losses = tokenCrossEntropy(logits, labels);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(losses).toBeAllClose([0, Math.log(1 + Math.exp(-1))], { absolute: 1e-4 });
    tf.dispose([logits, labels, losses]);
  });

  it('is not a number when there is no target, so that training stops', () => {
    tf.tidy(() => {
      expect(crossEntropy(tf.zeros([1, 2]), tf.tensor1d([-100], 'int32')).loss.dataSync()[0]).toBeNaN();
    });
  });
});
