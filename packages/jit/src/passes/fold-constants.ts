import * as tf from '@tensorflow/tfjs';
import { evaluateNode } from '../evaluate-node.ts';
import { sizeOf, type ConstantData, type GraphNode, type Value } from '../graph.ts';
import { hasKernel } from '../registered-kernel.ts';
import type { RewriteRule } from './rewrite.ts';

/** Larger constants are cheaper to compute than to keep. */
const MAX_ELEMENTS = 1 << 16;

/** Computes with tfjs, once, what depends on constants only. */
export const foldConstants: RewriteRule = (node, rewriter) => {
  const [y] = node.outputs;
  if (y === undefined || node.outputs.length > 1 || node.inputs.length === 0 || sizeOf(y.shape) > MAX_ELEMENTS)
    return undefined;
  const constants: ConstantData[] = [];
  for (const input of node.inputs) {
    const constant = rewriter.constantOf(input);
    if (constant === undefined || sizeOf(input.shape) > MAX_ELEMENTS) return undefined;
    constants.push(constant);
  }
  if (!hasKernel(node.kernel, 'cpu') || !(node.kernel in tf)) return undefined;
  return [rewriter.constant(y, evaluate(node, y, constants))];
};

function evaluate(node: GraphNode, output: Value, constants: readonly ConstantData[]): ConstantData {
  const previous = tf.getBackend();
  void tf.setBackend('cpu');
  try {
    const values = tf.tidy(() => {
      const tensors = node.inputs.map(({ shape, dtype }, index) => toTensor(shape, dtype, constants[index]));
      return evaluateNode(node, tensors)[0]?.dataSync().slice();
    });
    const elements = values ?? [];
    const typed =
      output.dtype === 'float32'
        ? Float32Array.from(elements)
        : output.dtype === 'int32'
          ? Int32Array.from(elements)
          : Uint8Array.from(elements);
    const isUniform = typed.length > 0 && typed.every((element) => Object.is(element, typed[0]));
    return { values: isUniform ? typed.slice(0, 1) : typed, isUniform };
  } finally {
    void tf.setBackend(previous);
  }
}

function toTensor(shape: readonly number[], dtype: Value['dtype'], constant: ConstantData | undefined): tf.Tensor {
  if (constant === undefined) throw new Error('A constant is missing.');
  return constant.isUniform
    ? tf.cast(tf.fill([...shape], constant.values[0] ?? 0, 'float32'), dtype)
    : tf.tensor(constant.values, [...shape], dtype);
}
