import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { flattenTree, leafPaths, treeSignature, unflattenTree } from './tree.ts';

describe('a tree of tensors', () => {
  const tree = { b: [tf.scalar(1), { c: tf.tensor1d([1, 2]) }], a: undefined, d: tf.scalar(3, 'int32') };

  it('is the same after flattening and unflattening', () => {
    const { leaves, structure } = flattenTree(tree, 'tree');
    expect(leaves).toHaveLength(3);
    expect(unflattenTree(structure, leaves)).toEqual(tree);
  });

  it('names its leaves by their paths', () => {
    expect(leafPaths(flattenTree(tree, 'tree').structure)).toEqual(['b.0', 'b.1.c', 'd']);
    expect(leafPaths(flattenTree(tf.scalar(1), 'tree').structure)).toEqual(['value']);
  });

  it('has a signature of structure, shapes and types, not of values', () => {
    const signature = (value: unknown): string => {
      const { leaves, structure } = flattenTree(value, 'tree');
      return treeSignature(structure, leaves);
    };
    expect(signature([tf.scalar(1)])).toBe(signature([tf.scalar(2)]));
    expect(signature([tf.scalar(1)])).not.toBe(signature([tf.scalar(1, 'int32')]));
    expect(signature([tf.scalar(1)])).not.toBe(signature([tf.tensor1d([1])]));
    expect(signature({ a: tf.scalar(1) })).not.toBe(signature({ b: tf.scalar(1) }));
  });

  it.each([
    [{ a: [1] }, 'JIT_ARGUMENT: tree.a[0] must be a tensor, an array or an object of tensors, got number.'],
    [{ a: null }, 'JIT_ARGUMENT: tree.a must be a tensor, an array or an object of tensors, got null.'],
    ['x', 'JIT_ARGUMENT: tree must be a tensor, an array or an object of tensors, got string.'],
  ])('refuses %j', (value, message) => {
    expect(() => flattenTree(value, 'tree')).toThrow(message);
  });
});
