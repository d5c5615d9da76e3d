import { isSameShape, type Graph, type GraphNode, type Value } from '../graph.ts';
import { isFusedAttributes } from '../kernels/internal.ts';
import type { RowProgram } from '../native-code/row-program.ts';
import { withoutDeadCode } from '../passes/rewrite.ts';

/** A loop that runs after all else and may write its results over donated inputs: an optimizer's update. */
export interface InPlaceUpdate {
  readonly program: RowProgram;
  readonly inputs: readonly Value[];
  readonly outputs: readonly UpdatedValue[];
}

export interface UpdatedValue {
  readonly value: Value;
  /** The graph input whose memory this result takes over, element by element; `undefined` if it needs memory of its own. */
  readonly over: Value | undefined;
}

/** A graph without its updates. Its outputs begin with those of the whole graph that it still computes. */
export interface SplitGraph {
  readonly main: Graph;
  readonly updates: readonly InPlaceUpdate[];
}

/**
 * Takes the loops whose results are only results out of a graph.
 *
 * Inside the graph, ONNX Runtime could write over a weight before its last reader, so it would have to keep two copies of the training state. After
 * the graph nobody else reads a donated input: parameters and optimizer moments are updated where they lie.
 */
export function splitInPlaceUpdates(graph: Graph, donated: readonly boolean[]): SplitGraph {
  const results = new Set(graph.outputs);
  const readers = new Map<Value, GraphNode[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  const isUpdate = (node: GraphNode): boolean =>
    node.kernel === 'Fused' && node.outputs.every((output) => results.has(output) && readers.get(output) === undefined);
  const updateNodes = new Set(graph.nodes.filter(isUpdate));
  const free = new Set(graph.inputs.filter((input, index) => donated[index] === true && !results.has(input)));

  const updates = graph.nodes
    .filter((node) => updateNodes.has(node))
    .map((node): InPlaceUpdate => {
      if (!isFusedAttributes(node.attributes)) throw new Error('A fused node has no program.');
      const { program } = node.attributes;
      const outputs = node.outputs.map((value, index): UpdatedValue => {
        if (program.outputs[index]?.layout !== 'full') return { value, over: undefined };
        const over = node.inputs.find(
          (input, position) =>
            free.has(input) &&
            program.inputs[position]?.layout === 'full' &&
            isSameShape(input.shape, value.shape) &&
            input.dtype === value.dtype &&
            (readers.get(input) ?? []).every((reader) => reader === node || !updateNodes.has(reader)),
        );
        if (over !== undefined) free.delete(over);
        return { value, over };
      });
      return { program, inputs: node.inputs, outputs };
    });

  const updated = new Set(updates.flatMap(({ outputs }) => outputs.map(({ value }) => value)));
  const given = new Set<Value>([...graph.inputs, ...graph.constants.keys()]);
  const needed = updates.flatMap(({ inputs }) => inputs).filter((input) => !given.has(input));
  const outputs = [...new Set([...graph.outputs.filter((output) => !updated.has(output)), ...needed])];
  const nodes = graph.nodes.filter((node) => !updateNodes.has(node));
  const main = withoutDeadCode({ ...graph, nodes, outputs });
  return { main: { ...main, constants: graph.constants }, updates };
}
