import * as tf from '@tensorflow/tfjs';
import '@cloze/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph } from '../evaluate-graph.ts';
import type { Graph } from '../graph.ts';
import { createNumbers, floats, integers } from '../test-tensors.ts';
import { trace, type TracedFunction } from '../trace.ts';
import { flattenTree } from '../tree.ts';
import { simplify } from './index.ts';

const next = createNumbers(11);
const kernelsOf = ({ nodes }: Graph): string[] => nodes.map(({ kernel }) => kernel);

/** Traces and simplifies a function, holds the result to eager tfjs, and gives the kernels that are left. */
function simplifiedKernels(
  fn: (...args: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  args: readonly tf.Tensor[],
): string[] {
  const { leaves, structure } = flattenTree(args, 'arguments');
  const { graph } = trace(fn as unknown as TracedFunction, structure, leaves);
  const simplified = simplify(graph);
  const expected = [fn(...args)].flat();
  evaluateGraph(simplified, leaves).forEach((tensor, index) => {
    expect(tensor).toBeAllClose(expected[index] ?? tensor, { absolute: 1e-5 });
  });
  return kernelsOf(simplified);
}

describe('simplify', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('removes what changes nothing', () => {
    const fn = (x: tf.Tensor): tf.Tensor =>
      tf.reshape(tf.add(tf.mul(tf.cast(tf.transpose(tf.transpose(x)), 'float32'), 1), tf.zeros([2, 3])), [2, 3]);
    expect(simplifiedKernels(fn, [floats(next, [2, 3])])).toEqual([]);
  });

  it('merges reshapes and computes constants once', () => {
    const fn = (x: tf.Tensor): tf.Tensor =>
      tf.mul(tf.reshape(tf.expandDims(tf.reshape(x, [6]), 0), [3, 2]), tf.exp(tf.add(tf.scalar(1), tf.scalar(2))));
    expect(simplifiedKernels(fn, [floats(next, [2, 3])])).toEqual(['Reshape', 'Multiply']);
  });

  it('computes common subexpressions once', () => {
    const fn = (x: tf.Tensor): tf.Tensor => tf.add(tf.tanh(tf.mul(x, 2)), tf.tanh(tf.mul(x, 2)));
    expect(simplifiedKernels(fn, [floats(next, [2, 3])])).toEqual(['Multiply', 'Tanh', 'Add']);
  });

  it('folds transposes and factors into products', () => {
    const fn = (q: tf.Tensor, k: tf.Tensor): tf.Tensor => tf.mul(tf.matMul(q, tf.transpose(k, [0, 2, 1])), 0.125);
    expect(simplifiedKernels(fn, [floats(next, [2, 3, 4]), floats(next, [2, 5, 4])])).toEqual(['BatchMatMul']);
  });

  it('computes those rows of a product that are gathered', () => {
    const rows = tf.tensor1d([4, 1], 'int32');
    const fn = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => {
      const scores = tf.reshape(tf.matMul(tf.reshape(x, [6, 4]), w), [2, 3, 5]);
      return tf.gather(tf.reshape(scores, [6, 5]), rows);
    };
    expect(simplifiedKernels(fn, [floats(next, [2, 3, 4]), floats(next, [4, 5])])).toEqual([
      'Reshape',
      'GatherV2',
      'BatchMatMul',
    ]);
  });

  it('adds the bias in the product, through the reshape of a linear layer', () => {
    const fn = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.add(tf.reshape(tf.matMul(tf.reshape(x, [6, 4]), w), [2, 3, 5]), b);
    expect(simplifiedKernels(fn, [floats(next, [2, 3, 4]), floats(next, [4, 5]), floats(next, [5])])).toEqual([
      'Reshape',
      'AffineProduct',
      'Reshape',
    ]);
  });

  it('does not add a bias in a product that is read elsewhere', () => {
    const fn = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor[] => {
      const product = tf.matMul(x, w);
      return [tf.add(product, b), tf.tanh(product)];
    };
    expect(simplifiedKernels(fn, [floats(next, [3, 4]), floats(next, [4, 5]), floats(next, [5])])).toEqual([
      'BatchMatMul',
      'Add',
      'Tanh',
    ]);
  });

  it('concatenates the gradients of slices', () => {
    const fn = (x: tf.Tensor): tf.Tensor =>
      tf.grad((y: tf.Tensor) =>
        tf.sum(tf.add(tf.sin(tf.slice(y, [0, 0], [3, 2])), tf.cos(tf.slice(y, [0, 2], [3, 2])))),
      )(x);
    const kernels = simplifiedKernels(fn, [floats(next, [3, 4])]);
    expect(kernels).toContain('Concat');
    expect(kernels).not.toContain('PadV2');
  });

  it('adds the gradient of a lookup onto the other gradient of a tied table', () => {
    const fn = (table: tf.Tensor, ids: tf.Tensor): tf.Tensor =>
      tf.grad((t: tf.Tensor) => tf.sum(tf.sin(tf.matMul(tf.gather(t, ids), t, false, true))))(table);
    const kernels = simplifiedKernels(fn, [floats(next, [7, 4]), integers(next, [5], 7)]);
    expect(kernels).toContain('SegmentSumOnto');
    expect(kernels).not.toContain('UnsortedSegmentSum');
  });

  it('sums squares without storing them, and spreads no condition out', () => {
    const fn = (x: tf.Tensor, y: tf.Tensor): tf.Tensor[] => [
      tf.sum(tf.square(x)),
      tf.where(tf.greater(tf.sum(y), 0), x, y),
    ];
    expect(simplifiedKernels(fn, [floats(next, [3, 4]), floats(next, [3, 4])])).toEqual([
      'SumOfSquares',
      'Sum',
      'Greater',
      'Reshape',
      'Select',
    ]);
  });
});
