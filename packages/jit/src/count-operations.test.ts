import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from './engines/onnxruntime.ts';
import { tfjsEngine } from './engines/tfjs.ts';
import { jit } from './jit.ts';

describe('operationsPerCall', () => {
  leaksNoTensors();

  async function operationsOf(
    fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor | tf.Tensor[],
    shapes: readonly [number[], number[]],
  ) {
    const compiled = jit(fn, { engine: onnxRuntimeEngine() });
    const [a, b] = [tf.ones(shapes[0]), tf.ones(shapes[1])];
    expect(compiled.operationsPerCall()).toBe(0);
    tf.dispose(await compiled(a, b));
    compiled.dispose();
    tf.dispose([a, b]);
    return compiled.operationsPerCall();
  }

  it('counts products, whatever is transposed', async () => {
    const shapes: [number[], number[]] = [
      [5, 2, 3],
      [5, 2, 4],
    ];
    expect(await operationsOf((a, b) => tf.matMul(a, b, true, false), shapes)).toBe(2 * 5 * 3 * 2 * 4);
  });

  it('counts both products of a gradient', async () => {
    const gradients = (a: tf.Tensor, b: tf.Tensor) =>
      tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.sum(tf.square(tf.matMul(x, y))))([a, b]);
    expect(
      await operationsOf(gradients, [
        [2, 3],
        [3, 4],
      ]),
    ).toBe(3 * 2 * 2 * 3 * 4);
  });

  it('counts convolutions and their gradients alike', async () => {
    const convolution = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid');
    const gradients = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor[] =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(convolution(a, b))))([x, filter]);
    const shapes: [number[], number[]] = [
      [2, 1, 6, 3],
      [1, 2, 3, 4],
    ];
    const forward = 2 * (2 * 5 * 4) * (2 * 3);
    expect(await operationsOf(convolution, shapes)).toBe(forward);
    expect(await operationsOf(gradients, shapes)).toBe(3 * forward);
  });

  it('is 0 where nothing is recorded', async () => {
    const compiled = jit((x: tf.Tensor) => tf.matMul(x, x), { engine: tfjsEngine() });
    const x = tf.ones([2, 2]);
    tf.dispose([await compiled(x), x]);
    expect(compiled.operationsPerCall()).toBe(0);
  });
});
