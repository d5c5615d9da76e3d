import {
  createValue,
  producersOf,
  type ConstantData,
  type Graph,
  type GraphNode,
  type Value,
  type ValueType,
} from '../graph.ts';
import type { FusedAttributes } from '../kernels/internal.ts';
import type { KernelName } from '../kernels/index.ts';
import type { RowInput, RowOutput } from '../native-code/row-program.ts';
import { withoutDeadCode } from '../passes/rewrite.ts';
import { clusterGraph, rootOf, type Member } from './clusters.ts';
import { RowBuilder, type Row } from './row-builder.ts';
import { ROW_LOWERINGS } from './row-lowerings.ts';

/** Sums over rows are formed in this many parts, whatever the number of threads, so that their bits do not depend on it. */
const COLUMN_SUM_BLOCKS = 16;

/** Kernels that ONNX Runtime computes as fast alone. */
const CHEAP_ALONE: ReadonlySet<KernelName> = new Set<KernelName>([
  'Abs',
  'Add',
  'AddN',
  'Cast',
  'Equal',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'Max',
  'Maximum',
  'Mean',
  'Minimum',
  'Multiply',
  'Neg',
  'RealDiv',
  'Reciprocal',
  'Relu',
  'Select',
  'Sqrt',
  'Square',
  'Sub',
  'Sum',
]);

/** Replaces groups of elementwise and row-wise nodes by `Fused` nodes, each one pass over memory. */
export function fuse(graph: Graph): Graph {
  const producers = producersOf(graph.nodes);
  const units = clusterGraph(graph);
  const readers = countReaders(graph, units, producers);
  const nodes = units.flatMap((unit): readonly GraphNode[] => {
    if (unit.kind === 'node') return [unit.node];
    const [first] = unit.members;
    if (first !== undefined && unit.members.length === 1 && CHEAP_ALONE.has(first.node.kernel)) return [first.node];
    return toFusedNodes(unit.members, { producers, readers, constants: graph.constants });
  });
  return withoutDeadCode({ ...graph, nodes });
}

interface FusionContext {
  readonly producers: ReadonlyMap<Value, GraphNode>;
  /** Who reads each value: nodes outside of loops, loops (by their first node), or the result. */
  readonly readers: ReadonlyMap<Value, ReadonlySet<object>>;
  readonly constants: ReadonlyMap<Value, ConstantData>;
}

function countReaders(
  graph: Graph,
  units: ReturnType<typeof clusterGraph>,
  producers: ReadonlyMap<Value, GraphNode>,
): Map<Value, Set<object>> {
  const readers = new Map<Value, Set<object>>();
  const add = (value: Value, reader: object): void => {
    const known = readers.get(value);
    if (known === undefined) readers.set(value, new Set([reader]));
    else known.add(reader);
  };
  for (const unit of units) {
    if (unit.kind === 'node') for (const input of unit.node.inputs) add(input, unit.node);
    else
      for (const { part } of unit.members)
        for (const { value } of part.operands) add(rootOf(value, producers), unit.members[0]?.node ?? graph);
  }
  for (const output of graph.outputs) add(output, graph);
  return readers;
}

function toFusedNodes(members: readonly Member[], { producers, readers, constants }: FusionContext): GraphNode[] {
  const [first] = members;
  if (first === undefined) return [];
  const { frame } = first.part;
  const builder = new RowBuilder();
  const rows = new Map<Value, Row>();
  const inputs: RowInput[] = [];
  const inputValues: Value[] = [];
  const inputRows = new Map<string, Row>();

  const rowOf = (value: Value, input: RowInput): Row => {
    const root = rootOf(value, producers);
    const computed = rows.get(root);
    if (computed !== undefined) return computed;
    const constant = uniformRow(builder, root, constants);
    if (constant !== undefined) return constant;
    const key = `${String(root.id)}|${input.layout}|${String(input.period)}`;
    const known = inputRows.get(key);
    if (known !== undefined) return known;
    const row = builder.input(inputs.push(input) - 1);
    inputValues.push(root);
    inputRows.set(key, row);
    return row;
  };

  const outputs: RowOutput[] = [];
  const outputValues: Value[] = [];
  const sums: GraphNode[] = [];
  for (const { node, part } of members) {
    const operands = part.operands.map(({ value, input }) => rowOf(value, input));
    const isColumnSum = part.outputs.length === 1 && part.outputs[0] === 'columnSums';
    const results = isColumnSum
      ? operands
      : (ROW_LOWERINGS[node.kernel]?.(builder, operands, { node, columns: frame.columns }) ?? []);
    node.outputs.forEach((value, position) => {
      const row = results[position];
      const layout = part.outputs[position];
      if (row === undefined || layout === undefined) return;
      if (layout !== 'columnSums') rows.set(value, row);
      const outside = [...(readers.get(value) ?? [])].some((reader) => reader !== first.node);
      if (!outside) return;
      if (layout === 'columnSums') {
        const blocks = Math.max(1, Math.min(COLUMN_SUM_BLOCKS, frame.rows));
        const partial = createValue({ shape: [blocks, frame.columns], dtype: 'float32' });
        outputs.push({ instruction: row, type: 'float32', layout, blocks });
        outputValues.push(partial);
        sums.push({
          kernel: 'Sum',
          inputs: [partial],
          attributes: { axis: [0] },
          outputs: [value],
          callSite: node.callSite,
        });
      } else {
        outputs.push({ instruction: row, type: value.dtype, layout });
        outputValues.push(value);
      }
    });
  }
  const program = { ...frame, inputs, instructions: builder.instructions, outputs };
  const outputTypes = outputValues.map(({ shape, dtype }): ValueType => ({ shape, dtype }));
  const attributes: FusedAttributes = { program, outputTypes };
  const fused: GraphNode = {
    kernel: 'Fused',
    inputs: inputValues,
    attributes: { ...attributes },
    outputs: outputValues,
    callSite: first.node.callSite,
  };
  return [fused, ...sums];
}

/** A constant that is one number everywhere stands in the program itself. */
function uniformRow(builder: RowBuilder, value: Value, constants: ReadonlyMap<Value, ConstantData>): Row | undefined {
  const constant = constants.get(value);
  if (constant?.isUniform !== true || value.dtype === 'bool') return undefined;
  const [element = 0] = constant.values;
  return value.dtype === 'float32' ? builder.constant(element) : builder.integer(element);
}

/** The key of a random kernel as two words, which a loop can read. */
export function splitRandomRoots(graph: Graph): Graph {
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    const [root] = node.inputs;
    if (
      (node.kernel !== 'RandomBits' && node.kernel !== 'RandomUniform') ||
      root === undefined ||
      node.inputs.length !== 1
    )
      return [node];
    const words = [0, 1].map((begin): GraphNode => ({
      kernel: 'Slice',
      inputs: [root],
      attributes: { begin: [begin], size: [1] },
      outputs: [createValue({ shape: [1], dtype: 'int32' })],
      callSite: node.callSite,
    }));
    return [...words, { ...node, inputs: words.flatMap(({ outputs }) => outputs) }];
  });
  return { ...graph, nodes };
}
