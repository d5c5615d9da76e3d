import { at, normalizeAxis, numberOf, numbersOf } from '../kernels/definition.ts';
import { paddingsOf, sliceOf, splitSizes, stridedSliceOf, type LayoutKernel } from '../kernels/layout.ts';
import { JitError } from '../errors.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import type { GraphNode } from '../graph.ts';
import type { Lowering, LoweringContext } from './context.ts';
import { lowerRandomBits, lowerRandomUniform } from './random-bits.ts';
import { lowerScatterNd, lowerUnsortedSegmentSum } from './segment-sum.ts';

const input = (node: GraphNode, onnx: LoweringContext, index = 0): string => onnx.nameOf(at(node.inputs, index));

const reshape: Lowering = (node, onnx) => {
  onnx.define(node.outputs, 'Reshape', [input(node, onnx), onnx.integers(at(node.outputs, 0).shape)]);
};

const fill =
  (valueOf: (node: GraphNode) => number): Lowering =>
  (node, onnx) => {
    const { shape, dtype } = at(node.outputs, 0);
    onnx.define(node.outputs, 'Expand', [onnx.scalar(valueOf(node), dtype), onnx.integers(shape)]);
  };

export const LAYOUT_LOWERINGS: Readonly<Record<LayoutKernel, Lowering>> = {
  ExpandDims: reshape,
  Reshape: reshape,
  Fill: fill((node) => numberOf(node.attributes, 'value')),
  OnesLike: fill(() => 1),
  ZerosLike: fill(() => 0),
  RandomBits: lowerRandomBits,
  RandomUniform: lowerRandomUniform,
  ScatterNd: lowerScatterNd,
  UnsortedSegmentSum: lowerUnsortedSegmentSum,

  BroadcastTo: (node, onnx) => {
    onnx.define(node.outputs, 'Expand', [input(node, onnx), onnx.integers(at(node.outputs, 0).shape)]);
  },
  Concat: (node, onnx) => {
    const axis = normalizeAxis(numberOf(node.attributes, 'axis'), at(node.inputs, 0).shape.length);
    const parts = node.inputs.map((part) => onnx.nameOf(part));
    onnx.define(node.outputs, 'Concat', parts, { axis: { int: axis } });
  },
  GatherNd: (node, onnx) => {
    onnx.define(node.outputs, 'GatherND', [input(node, onnx), onnx.cast(input(node, onnx, 1), ONNX_TYPE.int64)]);
  },
  GatherV2: (node, onnx) => {
    if (numberOf(node.attributes, 'batchDims', 0) !== 0) {
      throw new JitError('JIT_UNSUPPORTED_KERNEL', {
        message: `tf.gather with batchDims, called at ${node.callSite.toString()}, has no lowering.`,
        hint: 'Flatten the batch into the gathered axis and offset the indices.',
      });
    }
    const axis = normalizeAxis(numberOf(node.attributes, 'axis'), at(node.inputs, 0).shape.length);
    onnx.define(node.outputs, 'Gather', [input(node, onnx), input(node, onnx, 1)], { axis: { int: axis } });
  },
  OneHot: (node, onnx) => {
    // The CPU provider has no int32-valued OneHot; equality with a range also gives tfjs's row of off-values for ids out of range.
    const depth = numberOf(node.attributes, 'depth');
    const range = onnx.constant(
      'int32',
      [depth],
      Int32Array.from({ length: depth }, (_, id) => id),
    );
    const isId = onnx.emit('Equal', [onnx.emit('Unsqueeze', [input(node, onnx), onnx.integers([-1])]), range]);
    const { dtype } = at(node.outputs, 0);
    const on = numberOf(node.attributes, 'onValue', 1);
    const off = numberOf(node.attributes, 'offValue', 0);
    onnx.define(node.outputs, 'Where', [isId, onnx.scalar(on, dtype), onnx.scalar(off, dtype)]);
  },
  Pack: (node, onnx) => {
    const axis = normalizeAxis(numberOf(node.attributes, 'axis'), at(node.outputs, 0).shape.length);
    const parts = node.inputs.map((part) => onnx.emit('Unsqueeze', [onnx.nameOf(part), onnx.integers([axis])]));
    onnx.define(node.outputs, 'Concat', parts, { axis: { int: axis } });
  },
  PadV2: (node, onnx) => {
    const paddings = paddingsOf(node.attributes['paddings']);
    const amounts = onnx.integers([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
    const value = onnx.scalar(numberOf(node.attributes, 'constantValue', 0), at(node.inputs, 0).dtype);
    onnx.define(node.outputs, 'Pad', [input(node, onnx), amounts, value]);
  },
  Range: (node, onnx) => {
    const { shape, dtype } = at(node.outputs, 0);
    const start = numberOf(node.attributes, 'start');
    const step = numberOf(node.attributes, 'step');
    const elements = Array.from({ length: shape[0] ?? 0 }, (_, index) => start + index * step);
    const values = dtype === 'float32' ? Float32Array.from(elements) : Int32Array.from(elements);
    onnx.alias(at(node.outputs, 0), onnx.constant(dtype, shape, values));
  },
  Reverse: (node, onnx) => {
    const x = at(node.inputs, 0);
    const axes = numbersOf(node.attributes, 'dims').map((axis) => normalizeAxis(axis, x.shape.length));
    slice(node, onnx, {
      starts: axes.map(() => -1),
      ends: axes.map(() => -(2 ** 31)),
      axes,
      steps: axes.map(() => -1),
    });
  },
  Slice: (node, onnx) => {
    const { begin, size } = sliceOf(at(node.inputs, 0), node.attributes);
    slice(node, onnx, {
      starts: begin,
      ends: begin.map((start, axis) => start + (size[axis] ?? 0)),
      axes: begin.map((_, axis) => axis),
    });
  },
  SplitV: (node, onnx) => {
    const { shape } = at(node.inputs, 0);
    const axis = normalizeAxis(numberOf(node.attributes, 'axis'), shape.length);
    const sizes = onnx.integers(splitSizes(shape[axis] ?? 0, node.attributes['numOrSizeSplits']));
    onnx.define(node.outputs, 'Split', [input(node, onnx), sizes], { axis: { int: axis } });
  },
  StridedSlice: (node, onnx) => {
    const { begin, end, strides, finalShape } = stridedSliceOf(at(node.inputs, 0).shape, node.attributes);
    const axes = begin.map((_, axis) => axis);
    const ends = end.map((stop, axis) => ((strides[axis] ?? 1) < 0 && stop < 0 ? -(2 ** 31) : stop));
    const picked = onnx.emit('Slice', [
      input(node, onnx),
      ...[begin, ends, axes, strides].map((list) => onnx.integers(list)),
    ]);
    onnx.define(node.outputs, 'Reshape', [picked, onnx.integers(finalShape.length === 0 ? [] : finalShape)]);
  },
  Tile: (node, onnx) => {
    onnx.define(node.outputs, 'Tile', [input(node, onnx), onnx.integers(numbersOf(node.attributes, 'reps'))]);
  },
  Transpose: (node, onnx) => {
    onnx.define(node.outputs, 'Transpose', [input(node, onnx)], { perm: { ints: numbersOf(node.attributes, 'perm') } });
  },
  Unpack: (node, onnx) => {
    const { shape } = at(node.inputs, 0);
    const axis = normalizeAxis(numberOf(node.attributes, 'axis'), shape.length);
    const sizes = onnx.integers(Array.from({ length: shape[axis] ?? 0 }, () => 1));
    const parts = onnx.emitMany('Split', [input(node, onnx), sizes], node.outputs.length, { axis: { int: axis } });
    node.outputs.forEach((output, index) => {
      onnx.define([output], 'Squeeze', [parts[index] ?? '', onnx.integers([axis])]);
    });
  },
};

interface SlicePositions {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[];
  readonly steps?: readonly number[];
}

function slice(node: GraphNode, onnx: LoweringContext, { starts, ends, axes, steps }: SlicePositions): void {
  const lists = steps === undefined ? [starts, ends, axes] : [starts, ends, axes, steps];
  onnx.define(node.outputs, 'Slice', [input(node, onnx), ...lists.map((list) => onnx.integers(list))]);
}
