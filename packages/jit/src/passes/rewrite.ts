import { CallSite } from '../call-site.ts';
import {
  countUses,
  createValue,
  type Attributes,
  type ConstantData,
  type Graph,
  type GraphNode,
  type Value,
  type ValueType,
} from '../graph.ts';
import { KERNELS, type KernelName } from '../kernels/index.ts';

/** What a rule may ask and make while a graph is rewritten. */
export interface Rewriter {
  /** The node that computes a value, in its rewritten form. */
  producerOf(value: Value): GraphNode | undefined;
  /** The contents of a constant. */
  constantOf(value: Value): ConstantData | undefined;
  /** Whether a value of the old graph has a single reader and is no result: then a rule may take its producer over. */
  isUsedOnce(value: Value): boolean;
  /** Adds a node before the current one. */
  emit(kernel: KernelName, inputs: readonly Value[], attributes?: Attributes): Value;
  /** Adds a constant. */
  constant(type: ValueType, data: ConstantData): Value;
}

/** Replaces a node by values that are equal to its outputs, or leaves it (`undefined`). Inputs are rewritten already. */
export type RewriteRule = (node: GraphNode, rewriter: Rewriter) => readonly Value[] | undefined;

/**
 * Walks a graph once from inputs to outputs and applies the first rule that fits each node; what a rule emits is offered to the rules too.
 * Then removes nodes that no result needs.
 */
export function rewrite(graph: Graph, rules: readonly RewriteRule[]): Graph {
  const replacements = new Map<Value, Value>();
  const constants = new Map(graph.constants);
  const nodes: GraphNode[] = [];
  const producers = new Map<Value, GraphNode>();
  const uses = countUses(graph);
  const resolve = (value: Value): Value => replacements.get(value) ?? value;
  let callSite: CallSite | undefined;

  const add = (node: GraphNode): readonly Value[] => {
    for (const rule of rules) {
      const replaced = rule(node, rewriter);
      if (replaced !== undefined) return replaced;
    }
    nodes.push(node);
    for (const output of node.outputs) producers.set(output, node);
    return node.outputs;
  };
  const rewriter: Rewriter = {
    producerOf: (value) => producers.get(value),
    constantOf: (value) => constants.get(value),
    // A value that this pass made has one reader: the node it was made for.
    isUsedOnce: (value) => (uses.get(value) ?? 1) === 1,
    emit: (kernel, inputs, attributes = {}) => {
      const outputs = KERNELS[kernel].infer(inputs, attributes).map(createValue);
      const [first] = add({ kernel, inputs, attributes, outputs, callSite: callSite ?? new CallSite() });
      if (first === undefined) throw new Error(`${kernel} has no output.`);
      return first;
    },
    constant: (type, data) => {
      const value = createValue(type);
      constants.set(value, data);
      return value;
    },
  };

  for (const node of graph.nodes) {
    callSite = node.callSite;
    const results = add({ ...node, inputs: node.inputs.map(resolve) });
    node.outputs.forEach((output, index) => {
      const result = results[index];
      if (result === undefined || result === output) return;
      replacements.set(output, result);
      uses.set(result, (uses.get(result) ?? 0) + (uses.get(output) ?? 0));
    });
  }
  return withoutDeadCode({ inputs: graph.inputs, constants, nodes, outputs: graph.outputs.map(resolve) });
}

/** Keeps only what the results need. */
export function withoutDeadCode(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  const constants = new Map([...graph.constants].filter(([value]) => needed.has(value)));
  return { ...graph, constants, nodes: nodes.reverse() };
}

/** The node that computes a value, if it is of the given kind. */
export function producerOfKind(
  rewriter: Rewriter,
  value: Value | undefined,
  kernel: KernelName,
): GraphNode | undefined {
  const producer = value && rewriter.producerOf(value);
  return producer?.kernel === kernel ? producer : undefined;
}

/** The number that a constant consists of, if all its elements are equal. */
export function uniformValueOf(rewriter: Rewriter, value: Value | undefined): number | undefined {
  const constant = value && rewriter.constantOf(value);
  return constant?.isUniform === true ? constant.values[0] : undefined;
}
