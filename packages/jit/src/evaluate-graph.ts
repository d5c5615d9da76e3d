import * as tf from '@tensorflow/tfjs';
import { evaluateNode } from './evaluate-node.ts';
import { sizeOf, type Graph, type GraphNode, type Value } from './graph.ts';
import { booleanOf, numberOf } from './kernels/definition.ts';
import { isFusedAttributes } from './kernels/internal.ts';
import { interpretRowProgram } from './native-code/interpret-row-program.ts';

/** Computes a graph node by node with tfjs's own kernels and the interpreter of row programs: what every pass must leave unchanged. */
export function evaluateGraph(graph: Graph, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const values = new Map<Value, tf.Tensor>();
    const get = (value: Value): tf.Tensor => {
      const tensor = values.get(value);
      if (tensor === undefined) throw new Error(`Value ${value.id} is used before it is computed.`);
      return tensor;
    };
    graph.inputs.forEach((input, index) => {
      const tensor = inputs[index];
      if (tensor !== undefined) values.set(input, tensor);
    });
    for (const [value, { values: elements, isUniform }] of graph.constants) {
      const { dtype, shape } = value;
      const tensor = isUniform
        ? tf.cast(tf.fill([...shape], elements[0] ?? 0), dtype)
        : tf.tensor(elements, [...shape], dtype);
      values.set(value, tensor);
    }
    for (const node of graph.nodes) {
      const outputs = evaluate(node, node.inputs.map(get));
      node.outputs.forEach((value, index) => {
        const tensor = outputs[index];
        if (tensor === undefined) throw new Error(`${node.kernel} has too few outputs.`);
        if (tensor.shape.join() !== value.shape.join()) {
          throw new Error(`${node.kernel} gives [${tensor.shape.join()}] where [${value.shape.join()}] was inferred.`);
        }
        values.set(value, tensor);
      });
    }
    return graph.outputs.map(get);
  });
}

function evaluate(node: GraphNode, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const [a, b, c] = inputs;
  switch (node.kernel) {
    case 'AffineProduct':
      return [tf.add(product(node, a, b), given(c))];
    case 'BatchMatMul':
      return [tf.mul(product(node, a, b), numberOf(node.attributes, 'alpha', 1))];
    case 'SumOfSquares':
      return [tf.sum(tf.square(given(a)))];
    case 'SegmentSumOnto': {
      const base = given(c);
      const rows = tf.reshape(given(a), [-1, ...base.shape.slice(1)]);
      return [tf.add(base, tf.unsortedSegmentSum(rows, tf.reshape(given(b), [-1]), sizeOf(base.shape.slice(0, 1))))];
    }
    case 'Fused': {
      if (!isFusedAttributes(node.attributes)) throw new Error('A fused node has no program.');
      const arrays = inputs.map((input) => input.dataSync());
      return interpretRowProgram(node.attributes.program, arrays).map((elements, index) => {
        const output = node.outputs[index];
        return tf.tensor(elements, [...(output?.shape ?? [])], output?.dtype ?? 'float32');
      });
    }
    default:
      return evaluateNode(node, inputs);
  }
}

function product(node: GraphNode, a: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor {
  return tf.matMul(
    given(a),
    given(b),
    booleanOf(node.attributes, 'transposeA'),
    booleanOf(node.attributes, 'transposeB'),
  );
}

function given(tensor: tf.Tensor | undefined): tf.Tensor {
  if (tensor === undefined) throw new Error('An operand is missing.');
  return tensor;
}
