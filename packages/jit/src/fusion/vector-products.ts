import { createValue, sizeOf, type Graph, type GraphNode, type Value } from '../graph.ts';
import { booleanOf, numberOf } from '../kernels/definition.ts';
import type { FusedAttributes } from '../kernels/internal.ts';
import type { RowInstruction, RowProgram } from '../native-code/row-program.ts';

/** Up to this many vectors, a product reads the matrix for longer than it computes. */
const MAX_VECTORS = 4;

/** Smaller matrices stay in the processor's caches, where a product of ONNX Runtime is as fast. */
const MIN_ELEMENTS = 1 << 16;

/**
 * Products of few vectors with a large transposed matrix, `x W^T`, become loops over the rows of W that read it once, from front to back: the memory's
 * speed is theirs. ONNX Runtime reads a matrix that is no constant in blocks, at about two thirds of that. Decoding a language model token by token
 * consists of little else.
 */
export function loopVectorProducts(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.flatMap((node) => toLoop(node) ?? [node]) };
}

function toLoop(node: GraphNode): GraphNode[] | undefined {
  if (node.kernel !== 'BatchMatMul' && node.kernel !== 'AffineProduct') return undefined;
  const { attributes } = node;
  const [x, matrix, bias] = node.inputs;
  const [product] = node.outputs;
  if (x === undefined || matrix === undefined || product === undefined) return undefined;
  if (booleanOf(attributes, 'transposeA') || !booleanOf(attributes, 'transposeB')) return undefined;
  const [rows = 1, columns = 1] = matrix.shape.slice(-2);
  const numVectors = sizeOf(x.shape) / columns;
  if (numVectors > MAX_VECTORS || rows * columns < MIN_ELEMENTS || sizeOf(matrix.shape) !== rows * columns)
    return undefined;
  const program = vectorProducts({
    rows,
    columns,
    numVectors,
    hasBias: bias !== undefined,
    factor: numberOf(attributes, 'alpha', 1),
  });
  const addition = bias === undefined ? [] : [bias];
  if (numVectors === 1) return [loopOf(node, program, { inputs: [matrix, x, ...addition], outputs: [product] })];
  const slices = slicesOf(node, x, { numVectors, columns });
  const vectors = slices.slice(1).flatMap(({ outputs }) => outputs);
  const outputs = vectors.map(() => createValue({ shape: [1, rows], dtype: 'float32' }));
  const loop = loopOf(node, program, { inputs: [matrix, ...vectors, ...addition], outputs });
  return [...slices, loop, ...joined(node, outputs, product)];
}

function loopOf(
  { callSite }: GraphNode,
  program: RowProgram,
  { inputs, outputs }: { readonly inputs: readonly Value[]; readonly outputs: readonly Value[] },
): GraphNode {
  const attributes: FusedAttributes = { program, outputTypes: outputs };
  return { kernel: 'Fused', inputs, outputs, attributes: { ...attributes }, callSite };
}

interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly numVectors: number;
}

/** `factor * W x + bias` for each vector x. Inputs: W, the vectors, the bias; outputs: one per vector. */
function vectorProducts({
  hasBias,
  factor,
  ...shape
}: ProductShape & { readonly hasBias: boolean; readonly factor: number }): RowProgram {
  const instructions: RowInstruction[] = [{ op: 'input', input: 0 }];
  const add = (instruction: RowInstruction): number => instructions.push(instruction) - 1;
  const bias = hasBias ? add({ op: 'input', input: 1 + shape.numVectors }) : undefined;
  const scale = factor === 1 ? undefined : add({ op: 'constant', value: factor, type: 'float32' });
  const products = Array.from({ length: shape.numVectors }, (_, vector) => {
    const x = add({ op: 'input', input: 1 + vector });
    const sum = add({ op: 'rowSum', a: add({ op: 'mul', a: 0, b: x }) });
    const scaled = scale === undefined ? sum : add({ op: 'mul', a: sum, b: scale });
    return bias === undefined ? scaled : add({ op: 'add', a: scaled, b: bias });
  });
  return {
    rows: shape.rows,
    columns: shape.columns,
    inputs: [
      { type: 'float32', layout: 'full' },
      ...products.map(() => ({ type: 'float32', layout: 'repeated', period: 1 }) as const),
      ...(hasBias ? [{ type: 'float32', layout: 'perRow' } as const] : []),
    ],
    instructions,
    outputs: products.map((instruction) => ({ instruction, type: 'float32', layout: 'perRow' })),
  };
}

/** The vectors one by one, [1, K] each. */
function slicesOf(node: GraphNode, x: Value, { numVectors, columns }: Omit<ProductShape, 'rows'>): GraphNode[] {
  const flat = createValue({ shape: [numVectors, columns], dtype: 'float32' });
  const reshape: GraphNode = {
    ...node,
    kernel: 'Reshape',
    inputs: [x],
    attributes: { shape: flat.shape },
    outputs: [flat],
  };
  const slices = Array.from({ length: numVectors }, (_, vector): GraphNode => ({
    ...node,
    kernel: 'Slice',
    inputs: [flat],
    attributes: { begin: [vector, 0], size: [1, columns] },
    outputs: [createValue({ shape: [1, columns], dtype: 'float32' })],
  }));
  return [reshape, ...slices];
}

function joined(node: GraphNode, parts: readonly Value[], product: Value): GraphNode[] {
  const rows = createValue({ shape: [parts.length, parts[0]?.shape[1] ?? 1], dtype: 'float32' });
  return [
    { ...node, kernel: 'Concat', inputs: parts, attributes: { axis: 0 }, outputs: [rows] },
    { ...node, kernel: 'Reshape', inputs: [rows], attributes: { shape: product.shape }, outputs: [product] },
  ];
}
