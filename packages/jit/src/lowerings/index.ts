import type { Graph } from '../graph.ts';
import type { KernelName } from '../kernels/index.ts';
import type { OnnxModel } from '../onnx/model.ts';
import { FUSED, LoweringContext, MICROSOFT, type AddFusedOperator, type Lowering } from './context.ts';
import { ELEMENTWISE_LOWERINGS } from './elementwise.ts';
import { INTERNAL_LOWERINGS } from './internal.ts';
import { LAYOUT_LOWERINGS } from './layout.ts';
import { PRODUCT_LOWERINGS } from './products.ts';
import { REDUCTION_LOWERINGS } from './reductions.ts';

/** How each kernel becomes ONNX nodes. The type makes a kernel without a lowering a compile-time error. */
const LOWERINGS: Readonly<Record<KernelName, Lowering>> = {
  ...ELEMENTWISE_LOWERINGS,
  ...REDUCTION_LOWERINGS,
  ...LAYOUT_LOWERINGS,
  ...PRODUCT_LOWERINGS,
  ...INTERNAL_LOWERINGS,
};

/** Operator set versions: 18 has reductions with axes as input; domain com.microsoft has the fused operators. */
const OPERATOR_SETS = { '': 18, [MICROSOFT]: 1 };

/** What the inputs and outputs of a model are called. */
export interface GraphNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Lowers a graph to an ONNX model.
 *
 * @param names every output must be a distinct value that is not an input.
 */
export function lowerGraph(
  graph: Graph,
  names: GraphNames,
  addFusedOperator: AddFusedOperator = refuseFused,
): OnnxModel {
  const onnx = new LoweringContext(graph.constants, addFusedOperator);
  graph.inputs.forEach((input, index) => {
    onnx.setName(input, names.inputs[index] ?? '');
  });
  const computed = new Set(graph.nodes.flatMap((node) => node.outputs));
  graph.outputs.forEach((output, index) => {
    if (computed.has(output)) onnx.setName(output, names.outputs[index] ?? '');
  });
  for (const node of graph.nodes) LOWERINGS[node.kernel](node, onnx);
  graph.outputs.forEach((output, index) => {
    // A result that is an input or a constant is copied under its own name.
    if (!computed.has(output))
      onnx.nodes.push({
        operator: 'Identity',
        domain: '',
        inputs: [onnx.nameOf(output)],
        outputs: [names.outputs[index] ?? ''],
        attributes: {},
      });
  });
  const info = (values: Graph['inputs'], list: readonly string[]): OnnxModel['inputs'] =>
    values.map(({ dtype, shape }, index) => ({ name: list[index] ?? '', type: dtype, shape }));
  return {
    inputs: info(graph.inputs, names.inputs),
    outputs: info(graph.outputs, names.outputs),
    initializers: onnx.initializers,
    nodes: onnx.nodes,
    operatorSets: onnx.nodes.some(({ domain }) => domain === FUSED) ? { ...OPERATOR_SETS, [FUSED]: 1 } : OPERATOR_SETS,
  };
}

function refuseFused(): never {
  throw new Error('This model may hold standard operators only.');
}
