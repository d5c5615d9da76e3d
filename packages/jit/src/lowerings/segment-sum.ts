import { sizeOf } from '../graph.ts';
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
  const [x, ids] = [at(node.inputs, 0), at(node.inputs, 1)];
  const numSegments = numberOf(node.attributes, 'numSegments');
  const rows = sizeOf(ids.shape);
  const width = sizeOf(x.shape) / Math.max(rows, 1);
  const flatIds = onnx.reshape(onnx.nameOf(ids), [rows]);
  const flat = onnx.reshape(onnx.nameOf(x), [rows, width]);
  const sums = sumBySegment({ flat, flatIds, rows, width, numSegments }, onnx);
  onnx.define(node.outputs, 'Reshape', [sums, onnx.integers(at(node.outputs, 0).shape)]);
};

interface Segments {
  readonly flat: string;
  readonly flatIds: string;
  readonly rows: number;
  readonly width: number;
  readonly numSegments: number;
}

function sumBySegment({ flat, flatIds, rows, width, numSegments }: Segments, onnx: LoweringContext): string {
  if (numSegments <= rows) {
    const range = onnx.constant('int32', [numSegments, 1], Int32Array.from({ length: numSegments }, (_, id) => id));
    const oneHot = onnx.cast(onnx.emit('Equal', [range, onnx.reshape(flatIds, [1, rows])]), ONNX_TYPE.float32);
    return onnx.emit('Gemm', [oneHot, flat]);
  }
  const zeros = onnx.emit('Expand', [onnx.scalar(0), onnx.integers([numSegments, width])]);
  if (rows <= MAX_ROWS_FOR_EQUALITY_MATRIX) {
    const equal = onnx.emit('Equal', [onnx.reshape(flatIds, [rows, 1]), onnx.reshape(flatIds, [1, rows])]);
    const sums = onnx.emit('Gemm', [onnx.cast(equal, ONNX_TYPE.float32), flat]);
    const positions = onnx.cast(onnx.reshape(flatIds, [rows, 1]), ONNX_TYPE.int64);
    return onnx.emit('ScatterND', [zeros, positions, sums]);
  }
  const positions = onnx.emit('Expand', [onnx.reshape(flatIds, [rows, 1]), onnx.integers([rows, width])]);
  return onnx.emit('ScatterElements', [zeros, positions, flat], { axis: { int: 0 }, reduction: { string: 'add' } });
}

/** tf.scatterND adds updates at repeated positions; the operator is only safe when it runs on one element at a time. */
export const lowerScatterNd: Lowering = (node, onnx) => {
  const [indices, updates] = [at(node.inputs, 0), at(node.inputs, 1)];
  const shape = at(node.outputs, 0).shape;
  const depth = indices.shape.at(-1) ?? 0;
  const rows = sizeOf(indices.shape) / Math.max(depth, 1);
  const numSegments = sizeOf(shape.slice(0, depth));
  const width = sizeOf(shape.slice(depth));
  const strides = Int32Array.from({ length: depth }, (_, axis) => sizeOf(shape.slice(axis + 1, depth)));
  const weighted = onnx.emit('Mul', [onnx.reshape(onnx.nameOf(indices), [rows, depth]), onnx.constant('int32', [depth], strides)]);
  const flatIds = onnx.emit('ReduceSum', [weighted, onnx.integers([1])], { keepdims: { int: 0 } });
  const flat = onnx.reshape(onnx.nameOf(updates), [rows, width]);
  const sums = sumBySegment({ flat, flatIds, rows, width, numSegments }, onnx);
  onnx.define(node.outputs, 'Reshape', [sums, onnx.integers(shape)]);
};
