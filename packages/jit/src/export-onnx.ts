import { lowerGraph } from './lowerings/index.ts';
import { serializeModel } from './onnx/model.ts';
import { simplify } from './passes/index.ts';
import { trace, type TracedFunction } from './trace.ts';
import { flattenTree, leafPaths } from './tree.ts';

/**
 * Writes a function as an ONNX model that plain ONNX Runtime runs (operator set 18 and, for fused forms, `com.microsoft` 1).
 *
 * @param args tensors of the shapes to compile for; their contents do not matter. Inputs are named by their paths, for example `0.inputIds`, and
 * results likewise. Tensors that `fn` uses without receiving them, such as weights, are stored in the file (2 GB at most).
 * @throws {JitError} when `fn` cannot be traced.
 *
 * @example
 * await writeFile('model.onnx', exportOnnx((inputIds: tf.Tensor2D) => ({ logits: model.forward({ inputIds }).logits }), [tf.zeros([1, 16], 'int32')]));
 */
export function exportOnnx<Arguments extends readonly unknown[]>(
  fn: (...args: Arguments) => unknown,
  args: Arguments,
): Uint8Array {
  const { leaves, structure } = flattenTree(args, 'arguments');
  const { graph, resultStructure } = trace(fn as unknown as TracedFunction, structure, leaves);
  const names = { inputs: leafPaths(structure), outputs: leafPaths(resultStructure) };
  return serializeModel(lowerGraph(simplify(graph), names));
}
