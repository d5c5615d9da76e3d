import { sizeOf, type GraphNode } from '../graph.ts';
import { at, numberOf } from '../kernels/definition.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import type { Lowering, LoweringContext } from './context.ts';

/** Up to this many rows, sums of equal ids are a product with the matrix of equal ids. */
const MAX_ROWS_FOR_EQUALITY_MATRIX = 1024;

/**
 * The gradient of an embedding: row i of the result is the sum of the rows of x whose id is i.
 *
 * ONNX Runtime's `ScatterND(add)` races at two or more threads when ids repeat. So sums are formed first, by a product that gives every
 * row the sum over all rows with its id; then rows are written, and equal ids write equal bits. A small table is a product with a one-hot matrix;
 * many rows use `ScatterElements`, which is sequential and therefore exact.
 */
export const lowerUnsortedSegmentSum: Lowering = (node, onnx) => {
  const segments = segmentsOf(node, numberOf(node.attributes, 'numSegments'), onnx);
  onnx.define(node.outputs, 'Reshape', [sumBySegment(segments, onnx), onnx.integers(at(node.outputs, 0).shape)]);
};

/** The same onto rows that are there already. */
export const lowerSegmentSumOnto: Lowering = (node, onnx) => {
  const { shape } = at(node.inputs, 2);
  const segments = segmentsOf(node, shape[0] ?? 0, onnx);
  const base = onnx.reshape(onnx.nameOf(at(node.inputs, 2)), [segments.numSegments, segments.width]);
  const sums = sumBySegment(segments, onnx, base);
  onnx.define(node.outputs, 'Reshape', [sums, onnx.integers(shape)]);
};

/** tf.scatterND adds updates at repeated positions. */
export const lowerScatterNd: Lowering = (node, onnx) => {
  const [indices, updates] = [at(node.inputs, 0), at(node.inputs, 1)];
  const shape = at(node.outputs, 0).shape;
  const depth = indices.shape.at(-1) ?? 0;
  const rows = sizeOf(indices.shape) / Math.max(depth, 1);
  const width = sizeOf(shape.slice(depth));
  const strides = Int32Array.from({ length: depth }, (_, axis) => sizeOf(shape.slice(axis + 1, depth)));
  const weighted = onnx.emit('Mul', [
    onnx.reshape(onnx.nameOf(indices), [rows, depth]),
    onnx.constant('int32', [depth], strides),
  ]);
  const ids = onnx.emit('ReduceSum', [weighted, onnx.integers([1])], { keepdims: { int: 0 } });
  const flat = onnx.reshape(onnx.nameOf(updates), [rows, width]);
  const sums = sumBySegment({ flat, ids, rows, width, numSegments: sizeOf(shape.slice(0, depth)) }, onnx);
  onnx.define(node.outputs, 'Reshape', [sums, onnx.integers(shape)]);
};

interface Segments {
  /** [rows, width]. */
  readonly flat: string;
  /** [rows], int32. */
  readonly ids: string;
  readonly rows: number;
  readonly width: number;
  readonly numSegments: number;
}

function segmentsOf(node: GraphNode, numSegments: number, onnx: LoweringContext): Segments {
  const [x, ids] = [at(node.inputs, 0), at(node.inputs, 1)];
  const rows = sizeOf(ids.shape);
  const width = sizeOf(x.shape) / Math.max(rows, 1);
  return {
    flat: onnx.reshape(onnx.nameOf(x), [rows, width]),
    ids: onnx.reshape(onnx.nameOf(ids), [rows]),
    rows,
    width,
    numSegments,
  };
}

/** [numSegments, width]: the sums, added to `base` if there is one. */
function sumBySegment({ flat, ids, rows, width, numSegments }: Segments, onnx: LoweringContext, base?: string): string {
  if (numSegments <= rows) {
    const range = onnx.constant(
      'int32',
      [numSegments, 1],
      Int32Array.from({ length: numSegments }, (_, id) => id),
    );
    const oneHot = onnx.cast(onnx.emit('Equal', [range, onnx.reshape(ids, [1, rows])]), ONNX_TYPE.float32);
    return onnx.emit('Gemm', base === undefined ? [oneHot, flat] : [oneHot, flat, base]);
  }
  const target = base ?? onnx.emit('Expand', [onnx.scalar(0), onnx.integers([numSegments, width])]);
  if (rows <= MAX_ROWS_FOR_EQUALITY_MATRIX) {
    const equal = onnx.emit('Equal', [onnx.reshape(ids, [rows, 1]), onnx.reshape(ids, [1, rows])]);
    const present = base === undefined ? [] : [onnx.emit('Gather', [base, ids], { axis: { int: 0 } })];
    const sums = onnx.emit('Gemm', [onnx.cast(equal, ONNX_TYPE.float32), flat, ...present]);
    const positions = onnx.cast(onnx.reshape(ids, [rows, 1]), ONNX_TYPE.int64);
    return onnx.emit('ScatterND', [target, positions, sums]);
  }
  const positions = onnx.emit('Expand', [onnx.reshape(ids, [rows, 1]), onnx.integers([rows, width])]);
  return onnx.emit('ScatterElements', [target, positions, flat], { axis: { int: 0 }, reduction: { string: 'add' } });
}
