import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { TASK_LOSSES, taskInputs, taskTargets, type TensorsByName } from './task-losses.ts';

function lossOf(task: string, outputs: TensorsByName, labels: tf.Tensor): tf.Scalar {
  const entry = TASK_LOSSES[task];
  if (entry === undefined) throw new Error(`There is no task ${task}.`);
  return entry.loss(outputs, { labels });
}

describe('TASK_LOSSES', () => {
  leaksNoTensors();

  it('has each position of a language model predict the next token', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d([1, 2, 0, 3, 1, 0, 9, 9, 9], [1, 3, 3]);
      const labels = tf.tensor2d([[0, 1, -100]], undefined, 'int32');
      // Only position 0 has a target: token 1.
      const expected = Math.log(Math.E + Math.E ** 2 + 1) - 2;
      expect(lossOf('causal-language-modeling', { logits }, labels)).toBeAllClose(tf.scalar(expected), {
        relative: 1e-6,
      });
    });
  });

  it('has the last of several virtual tokens predict the first token of a text', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d([9, 9, 9, 1, 2, 0, 9, 9, 9], [1, 3, 3]);
      const expected = Math.log(Math.E + Math.E ** 2 + 1) - 2;
      const loss = lossOf('causal-language-modeling', { logits }, tf.tensor2d([[1]], undefined, 'int32'));
      expect(loss).toBeAllClose(tf.scalar(expected), { relative: 1e-6 });
    });
  });

  it('adds the losses of double heads', () => {
    tf.tidy(() => {
      const labels = tf.tensor3d([0, 1, 1, 0], [1, 2, 2], 'int32');
      const loss = TASK_LOSSES['double-heads']?.loss(
        { logits: tf.zeros([1, 2, 2, 3]), mcLogits: tf.tensor2d([[0, 1]]) },
        { labels, mcLabels: tf.tensor1d([1], 'int32') },
      );
      expect(loss).toBeAllClose(tf.scalar(Math.log(3) + Math.log(1 + Math.E) - 1), { relative: 1e-6 });
    });
  });

  it('has both neighbours predict each word', () => {
    tf.tidy(() => {
      const forwardLogits = tf.tensor3d([1, 2, 0, 9, 9, 9, 9, 9, 9], [1, 3, 3]);
      const backwardLogits = tf.tensor3d([9, 9, 9, 3, 1, 0, 9, 9, 9], [1, 3, 3]);
      const labels = tf.tensor2d([[0, 1, -100]], undefined, 'int32');
      // Word 0 predicts word 1, which predicts word 0 backwards; padding predicts nothing.
      const next = Math.log(Math.E + Math.E ** 2 + 1) - 2;
      const previous = Math.log(Math.E ** 3 + Math.E + 1) - 3;
      expect(lossOf('bidirectional-language-modeling', { forwardLogits, backwardLogits }, labels)).toBeAllClose(
        tf.scalar((next + previous) / 2),
        { relative: 1e-6 },
      );
    });
  });

  it('takes one label for a regression', () => {
    tf.tidy(() => {
      const loss = lossOf('sequence-classification', { logits: tf.tensor2d([[1], [4]]) }, tf.tensor1d([2, 2]));
      expect(loss).toBeAllClose(tf.scalar(2.5), { relative: 1e-6 });
    });
  });

  it('does not predict positions outside of the sequence', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([
        [0, 1],
        [5, 0],
      ]);
      const positions = tf.tensor1d([1, 2], 'int32');
      const loss = TASK_LOSSES['question-answering']?.loss(
        { startLogits: logits, endLogits: logits },
        { startPositions: positions, endPositions: positions },
      );
      expect(loss).toBeAllClose(tf.scalar(Math.log(1 + Math.E) - 1), { relative: 1e-6 });
    });
  });

  it('tells targets from inputs, and feeds a decoder the shifted targets', () => {
    tf.tidy(() => {
      const inputIds = tf.tensor2d([[3, 4]], undefined, 'int32');
      const labels = tf.tensor2d([[7, 8, -100]], undefined, 'int32');
      const inputs = taskInputs(
        'conditional-generation',
        { inputIds, labels },
        { decoderStartTokenId: 2, padTokenId: 1 },
      );
      expect(Object.keys(inputs)).toEqual(['inputIds', 'decoderInputIds']);
      expect(inputs['decoderInputIds']?.arraySync()).toEqual([[2, 7, 8]]);
      expect(taskTargets('conditional-generation', { inputIds, labels })).toEqual({ labels });
      expect(taskTargets('pre-training', { inputIds, labels })).toBeUndefined();
      expect(taskTargets('base', { inputIds })).toBeUndefined();
    });
  });
});
