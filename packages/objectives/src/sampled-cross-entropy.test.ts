import * as tf from '@tensorflow/tfjs';
import { RandomKey, type VocabularyScores } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';
import { sampledCrossEntropy } from './sampled-cross-entropy.ts';

const VOCAB_SIZE = 20;
const key = RandomKey.fromSeed(3);

class Table implements VocabularyScores {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
  constructor(weight: tf.Tensor, bias: tf.Tensor) {
    this.weight = weight;
    this.bias = bias;
  }
  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(tf.matMul(x, this.weight, false, true), this.bias);
  }
  rows(ids: tf.Tensor): { weight: tf.Tensor; bias: tf.Tensor } {
    return { weight: tf.gather(this.weight, ids), bias: tf.gather(this.bias, ids) };
  }
}

describe('sampledCrossEntropy', () => {
  leaksNoTensors();

  const numbers = (shape: number[], key: RandomKey): tf.Tensor =>
    tf.tensor(
      key.uniform(tf.util.sizeFromShape(shape)).map((x) => 2 * x - 1),
      shape,
    );
  const table = (): Table =>
    new Table(numbers([VOCAB_SIZE, 4], key.fold('weight')), numbers([VOCAB_SIZE], key.fold('bias')));

  it('comes close to the full loss and its gradient with many samples', () => {
    tf.tidy(() => {
      const hidden = numbers([3, 4], key.fold('hidden'));
      const labels = tf.tensor1d([0, 7, 19], 'int32');
      const { weight, bias } = table();
      const options = { vocabSize: VOCAB_SIZE, numSamples: 20_000, key };
      const sampled = tf.valueAndGrad(
        (weight: tf.Tensor) =>
          sampledCrossEntropy({ hidden, labels, softmax: new Table(weight, bias), ...options }).loss,
      )(weight);
      const full = tf.valueAndGrad(
        (weight: tf.Tensor) => crossEntropy(new Table(weight, bias).forward(hidden), labels).loss,
      )(weight);
      expect(sampled.value).toBeAllClose(full.value, { absolute: 0.02 });
      expect(sampled.grad).toBeAllClose(full.grad, { ofLargest: 0.05 });
    });
  });

  it('weighs each sample by how often it was to be expected, and leaves out the label', () => {
    tf.tidy(() => {
      const numSamples = 7;
      const hidden = numbers([2, 4], key.fold('hidden'));
      const softmax = table();
      // The samples, drawn again: id k has the share log((k + 2) / (k + 1)) of log(V + 1).
      const samples = [...key.uniform(numSamples)].map((u) => Math.floor((VOCAB_SIZE + 1) ** u) - 1);
      const scores = softmax.forward(hidden).arraySync() as number[][];
      const score = (row: number, id: number): number => scores[row]?.[id] ?? NaN;
      const expectedCount = (id: number): number =>
        (numSamples * Math.log((id + 2) / (id + 1))) / Math.log(VOCAB_SIZE + 1);
      const losses = [samples[0] ?? 0, 3].map((label, row) => {
        const others = samples.filter((id) => id !== label).map((id) => Math.exp(score(row, id)) / expectedCount(id));
        const total = others.reduce((sum, value) => sum + value, Math.exp(score(row, label)));
        return Math.log(total) - score(row, label);
      });
      const { loss, numTargets } = sampledCrossEntropy({
        hidden: tf.concat([hidden, tf.zeros([1, 4])]),
        labels: tf.tensor1d([samples[0] ?? 0, 3, -100], 'int32'),
        softmax,
        vocabSize: VOCAB_SIZE,
        numSamples,
        key,
      });
      expect(numTargets.dataSync()[0]).toBe(2);
      expect(loss).toBeAllClose(tf.scalar(((losses[0] ?? NaN) + (losses[1] ?? NaN)) / 2), { relative: 1e-5 });
    });
  });
});
