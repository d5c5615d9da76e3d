import * as tf from '@tensorflow/tfjs';
import type { GraphNode } from './graph.ts';
import { KERNELS } from './kernels/index.ts';

/** Computes one node with the kernels of tfjs's active backend: for constants, and as the oracle of the passes. */
export function evaluateNode(node: GraphNode, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const [condition, t, e] = inputs;
  // tfjs spreads operands out before this kernel; graphs do not.
  if (node.kernel === 'Select' && condition !== undefined && t !== undefined && e !== undefined)
    return [tf.where(condition, t, e)];
  const { inputs: names } = KERNELS[node.kernel];
  const named =
    names === 'list'
      ? toNamedTensorMap(inputs)
      : Object.fromEntries(inputs.map((tensor, index) => [names[index] ?? '', tensor]));
  const results: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(node.kernel, named, { ...node.attributes } as tf.NamedAttrMap);
  return Array.isArray(results) ? results : [results];
}

/** Kernels of lists take an array where tfjs's types say a map; tfjs casts likewise in its own ops. */
function toNamedTensorMap(inputs: readonly tf.Tensor[]): tf.NamedTensorMap {
  return Object.assign<object, tf.NamedTensorMap>([...inputs], {});
}
