import * as tf from '@tensorflow/tfjs';
import { JitError } from './errors.ts';

/** A nested object of tensors: what a compiled function takes and returns. Absent entries (`undefined`) are kept as such. */
export type TensorTree = tf.Tensor | undefined | readonly TensorTree[] | { readonly [name: string]: TensorTree };

/** A tree whose leaves were replaced by their positions in a list, in depth-first order. */
export type TreeStructure =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'list'; readonly items: readonly TreeStructure[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, TreeStructure])[] };

/**
 * Splits a tree into its tensors and its shape.
 *
 * @param where names the tree in errors, for example `argument 0`.
 * @throws {JitError} `JIT_ARGUMENT` when a leaf is neither a tensor nor `undefined`.
 */
export function flattenTree(tree: unknown, where: string): { leaves: tf.Tensor[]; structure: TreeStructure } {
  const leaves: tf.Tensor[] = [];
  const visit = (node: unknown, path: string): TreeStructure => {
    if (node === undefined) return { kind: 'absent' };
    if (isTensor(node)) {
      leaves.push(node);
      return { kind: 'leaf' };
    }
    if (Array.isArray(node)) {
      return { kind: 'list', items: node.map((item: unknown, index) => visit(item, `${path}[${String(index)}]`)) };
    }
    if (typeof node === 'object' && node !== null) {
      const entries = Object.entries(node).map(([name, child]) => [name, visit(child, `${path}.${name}`)] as const);
      return { kind: 'record', entries };
    }
    throw new JitError('JIT_ARGUMENT', {
      message: `${path} must be a tensor, an array or an object of tensors, got ${describe(node)}.`,
      hint: 'Pass numbers as tf.scalar(...), so that a new value does not need a new compilation.',
    });
  };
  return { leaves, structure: visit(tree, where) };
}

/** The inverse of {@link flattenTree}. Consumes leaves from the front. */
export function unflattenTree(structure: TreeStructure, leaves: readonly tf.Tensor[]): TensorTree {
  let next = 0;
  const visit = (node: TreeStructure): TensorTree => {
    switch (node.kind) {
      case 'absent':
        return undefined;
      case 'leaf':
        return leaves[next++];
      case 'list':
        return node.items.map(visit);
      case 'record':
        return Object.fromEntries(node.entries.map(([name, child]) => [name, visit(child)]));
    }
  };
  return visit(structure);
}

/** The arguments of a call, whose tree is their list. */
export function unflattenArguments(structure: TreeStructure, leaves: readonly tf.Tensor[]): TensorTree[] {
  if (structure.kind !== 'list')
    throw new JitError('JIT_ARGUMENT', { message: 'Arguments are a list.', hint: 'Pass an array.' });
  let next = 0;
  return structure.items.map((item) => {
    const count = countLeaves(item);
    next += count;
    return unflattenTree(item, leaves.slice(next - count, next));
  });
}

function countLeaves(structure: TreeStructure): number {
  return leafPaths(structure).length;
}

/** A string that is equal for trees of equal structure, shapes and types: the key of a compiled variant. */
export function treeSignature(structure: TreeStructure, leaves: readonly tf.Tensor[]): string {
  return `${JSON.stringify(structure)}|${leaves.map((leaf) => `${leaf.dtype}${JSON.stringify(leaf.shape)}`).join(';')}`;
}

/** `instanceof` alone gives tensors of any rank, which strict typing refuses. */
function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/** A name for each leaf: the way to it, for example `0.weights`. The root itself is `value`. */
export function leafPaths(structure: TreeStructure): string[] {
  const visit = (node: TreeStructure, path: readonly string[]): string[] => {
    switch (node.kind) {
      case 'absent':
        return [];
      case 'leaf':
        return [path.join('.') || 'value'];
      case 'list':
        return node.items.flatMap((item, index) => visit(item, [...path, String(index)]));
      case 'record':
        return node.entries.flatMap(([name, child]) => visit(child, [...path, name]));
    }
  };
  return visit(structure, []);
}
