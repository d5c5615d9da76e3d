import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../engines/onnxruntime.ts';
import { jit } from '../jit.ts';
import { simplify } from '../passes/index.ts';
import { trace, type TracedFunction } from '../trace.ts';
import { flattenTree } from '../tree.ts';
import { loopVectorProducts } from './vector-products.ts';

const [ROWS, COLUMNS] = [301, 233];

function scores(x: tf.Tensor2D, matrix: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor[] {
  const product = tf.matMul(x, matrix, false, true);
  return [tf.mul(product, 0.5), tf.add(product, bias)];
}

function operands(numVectors: number): [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D] {
  return [
    tf.randomNormal([numVectors, COLUMNS], 0, 1, 'float32', 1),
    tf.randomNormal([ROWS, COLUMNS], 0, 1, 'float32', 2),
    tf.randomNormal([ROWS], 0, 1, 'float32', 3),
  ];
}

function kernelsOf(fn: (...args: never[]) => unknown, args: readonly unknown[]): string[] {
  const { leaves, structure } = flattenTree(args, 'arguments');
  const { graph } = trace(fn as unknown as TracedFunction, structure, leaves);
  return loopVectorProducts(simplify(graph)).nodes.map(({ kernel }) => kernel);
}

describe('products of few vectors with a large matrix', () => {
  leaksNoTensors();

  it.each([1, 2, 4, 5])('of %i vectors are what they are otherwise', async (numVectors) => {
    const compiled = jit(scores, { engine: onnxRuntimeEngine() });
    const args = operands(numVectors);
    const results = await compiled(...args);
    const expected = tf.tidy(() => scores(...args));
    results.forEach((result, index) => {
      expect(result).toBeAllClose(expected[index] ?? result, { absolute: 1e-6, ofLargest: 1e-5 });
    });
    tf.dispose([args, results, expected]);
    compiled.dispose();
  });

  it('become loops where the matrix is read longer than it is computed with', () => {
    tf.tidy(() => {
      expect(kernelsOf(scores, operands(1))).toContain('Fused');
      expect(kernelsOf(scores, operands(4))).toContain('Fused');
      expect(kernelsOf(scores, operands(5))).not.toContain('Fused');
      const untransposed = (x: tf.Tensor2D, matrix: tf.Tensor2D): tf.Tensor => tf.matMul(x, matrix);
      expect(kernelsOf(untransposed, [tf.ones([1, 300]), tf.ones([300, 300])])).toEqual(['BatchMatMul']);
      const small = (x: tf.Tensor2D, matrix: tf.Tensor2D): tf.Tensor => tf.matMul(x, matrix, false, true);
      expect(kernelsOf(small, [tf.ones([1, 30]), tf.ones([30, 30])])).toEqual(['BatchMatMul']);
    });
  });
});
