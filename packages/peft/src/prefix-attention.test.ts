import * as tf from '@tensorflow/tfjs';
import { Embedding, MultiHeadAttention, RandomKey, randomParameters, tensorAt } from '@cloze/core';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { PrefixAttention } from './prefix-attention.ts';
import { PrefixTable } from './prefix-table.ts';
import { ShiftedPositions } from './shifted-positions.ts';

const source = randomParameters(RandomKey.fromSeed(1));
const createAttention = (): MultiHeadAttention =>
  new MultiHeadAttention({ hiddenSize: 4, numHeads: 2, attentionDropout: 0 }, source);

describe('PrefixAttention', () => {
  leaksNoTensors();

  it('attends to its rows of the table as to tokens that were read before', () => {
    tf.tidy(() => {
      const base = createAttention();
      const [first, second] = [
        tf.randomNormal([1, 2, 4], 0, 1, 'float32', 1),
        tf.randomNormal([1, 3, 4], 0, 1, 'float32', 2),
      ];
      const rows = ['key', 'value'].map((name) => base[name === 'key' ? 'key' : 'value'].forward(first));
      const table = tf.reshape(
        tf.concat([tf.zeros([2, 8]), tf.reshape(tensorAt(rows, 0), [2, 4]), tf.reshape(tensorAt(rows, 1), [2, 4])], 1),
        [2, 16],
      );
      const prefixed = new PrefixAttention(base, new PrefixTable(table, 4), 2);
      const whole = base.forward(tf.concat([first, second], 1)).output;
      const bias = tf.zeros([1, 1, 1, 3]);
      expect(prefixed.forward(second, { bias }).output).toBeAllClose(tf.slice(whole, [0, 2, 0], [1, 3, 4]), {
        absolute: 1e-6,
      });

      const half = prefixed.forward(tf.slice(second, [0, 0, 0], [1, 1, 4])).keyValues;
      expect(half.key).toHaveShape([1, 2, 3, 2]);
      const continued = prefixed.forward(tf.slice(second, [0, 1, 0], [1, 2, 4]), { cache: half }).output;
      expect(continued).toBeAllClose(tf.slice(whole, [0, 3, 0], [1, 2, 4]), { absolute: 1e-6 });
    });
  });

  it('trains the table', () => {
    tf.tidy(() => {
      const base = createAttention();
      const x = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1);
      const table = tf.randomNormal([2, 8], 0, 1, 'float32', 2);
      checkGradients((table) => new PrefixAttention(base, new PrefixTable(table, 2), 0).forward(x).output, [table]);
    });
  });

  it('cannot be merged', () => {
    tf.tidy(() => {
      const prefixed = new PrefixAttention(createAttention(), new PrefixTable(tf.zeros([1, 8]), 2), 0);
      expect(() => prefixed.merged()).toThrow('Prefixes cannot be merged');
    });
  });
});

describe('ShiftedPositions', () => {
  leaksNoTensors();

  it('begins behind the prefix, however it is asked', () => {
    tf.tidy(() => {
      const base = new Embedding(5, 2, source.at('positions'));
      const shifted = new ShiftedPositions(base, 2);
      const wanted = tf.slice(base.weight, [2, 0], [3, 2]);
      for (const got of [shifted.weight, shifted.firstRows(3), shifted.forward(tf.tensor1d([0, 1, 2], 'int32'))]) {
        expect(got).toBeAllClose(wanted, {});
      }
      expect(shifted.project(tf.ones([1, 2]))).toHaveShape([1, 3]);
      expect(() => new ShiftedPositions(base, 5)).toThrow('A prefix must be shorter than the 5 positions of the model');
    });
  });
});
