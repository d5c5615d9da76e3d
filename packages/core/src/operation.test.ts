import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { defineOperation, ensureKernel } from './operation.ts';
import { tensorAt, theOnly } from './tensor-shape.ts';

const cube = defineOperation<'x', { readonly factor: number }, 'x'>({
  name: 'TestCube',
  compute: ({ x }, { factor }) => [tf.mul(tf.mul(tf.mul(x, x), x), factor), tf.add(x, 1)],
  gradient: {
    saveInputs: ['x'],
    saveOutputs: [1],
    compute: ({ dy, inputs: { x }, outputs, attributes: { factor } }) => {
      const alsoX = tf.sub(tensorAt(outputs, 0), 1);
      return { x: tf.mul(tensorAt(dy, 0), tf.mul(tf.mul(x, alsoX), 3 * factor)) };
    },
  },
});

describe('defineOperation', () => {
  leaksNoTensors();

  it('is one kernel, runs its composition and frees what lies between', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const outputs = cube({ x }, { factor: 2 });
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(outputs.map((output) => [...output.dataSync()])).toEqual([
      [2, 16],
      [2, 3],
    ]);
    tf.dispose([x, ...outputs]);
  });

  it('is differentiated by its own gradient', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => tf.sum(theOnly(cube({ x }, { factor: 2 }))))(tf.tensor1d([1, 2]));
      expect([...gradient.dataSync()]).toEqual([6, 24]);
    });
  });
});

describe('ensureKernel', () => {
  it('leaves the kernels of the backend alone', () => {
    tf.tidy(() => {
      ensureKernel('Add', () => {
        throw new Error('replaced');
      });
      expect(tf.add(1, 2).dataSync()[0]).toBe(3);
    });
  });
});
