import * as tf from '@tensorflow/tfjs';
import { sizeOf, type Value } from '../graph.ts';
import { at, elementTypeOf, normalizeAxis, numberOf, numbersOf, type KernelDefinition } from './definition.ts';

const same: KernelDefinition = { inputs: ['x'], infer: (inputs) => [at(inputs, 0)] };

/** The names in {@link LAYOUT}. */
export type LayoutKernel =
  | 'BroadcastTo'
  | 'Concat'
  | 'ExpandDims'
  | 'Fill'
  | 'GatherNd'
  | 'GatherV2'
  | 'OneHot'
  | 'OnesLike'
  | 'Pack'
  | 'PadV2'
  | 'RandomBits'
  | 'RandomUniform'
  | 'Range'
  | 'Reshape'
  | 'Reverse'
  | 'ScatterNd'
  | 'Slice'
  | 'SplitV'
  | 'StridedSlice'
  | 'Tile'
  | 'Transpose'
  | 'Unpack'
  | 'UnsortedSegmentSum'
  | 'ZerosLike';

/** Kernels that move elements without computing, and those that make constants. */
export const LAYOUT: Readonly<Record<LayoutKernel, KernelDefinition>> = {
  BroadcastTo: {
    inputs: ['x'],
    infer: (inputs, attributes) => [{ shape: numbersOf(attributes, 'shape'), dtype: at(inputs, 0).dtype }],
  },
  Concat: {
    inputs: 'list',
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const axis = normalizeAxis(numberOf(attributes, 'axis'), shape.length);
      const length = inputs.reduce((sum, input) => sum + (input.shape[axis] ?? 0), 0);
      return [{ shape: shape.map((old, i) => (i === axis ? length : old)), dtype }];
    },
  },
  ExpandDims: {
    inputs: ['input'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const dim = numberOf(attributes, 'dim');
      const axis = dim < 0 ? dim + shape.length + 1 : dim;
      return [{ shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)], dtype }];
    },
  },
  Fill: {
    inputs: [],
    infer: (_, attributes) => [{ shape: numbersOf(attributes, 'shape'), dtype: elementTypeOf(attributes, 'dtype') }],
  },
  GatherNd: {
    inputs: ['params', 'indices'],
    infer: (inputs) => {
      const { shape, dtype } = at(inputs, 0);
      const indices = at(inputs, 1).shape;
      return [{ shape: [...indices.slice(0, -1), ...shape.slice(indices.at(-1) ?? 0)], dtype }];
    },
  },
  GatherV2: {
    inputs: ['x', 'indices'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const axis = normalizeAxis(numberOf(attributes, 'axis'), shape.length);
      return [
        {
          shape: [
            ...shape.slice(0, axis),
            ...at(inputs, 1).shape.slice(numberOf(attributes, 'batchDims', 0)),
            ...shape.slice(axis + 1),
          ],
          dtype,
        },
      ];
    },
  },
  OneHot: {
    inputs: ['indices'],
    infer: (inputs, attributes) => [
      { shape: [...at(inputs, 0).shape, numberOf(attributes, 'depth')], dtype: elementTypeOf(attributes, 'dtype') },
    ],
  },
  OnesLike: same,
  Pack: {
    inputs: 'list',
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const axis = normalizeAxis(numberOf(attributes, 'axis'), shape.length + 1);
      return [{ shape: [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)], dtype }];
    },
  },
  PadV2: {
    inputs: ['x'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const paddings = paddingsOf(attributes['paddings']);
      return [
        { shape: shape.map((length, axis) => length + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)), dtype },
      ];
    },
  },
  RandomBits: {
    inputs: ['root'],
    infer: (_, attributes) => [{ shape: numbersOf(attributes, 'shape'), dtype: 'int32' }],
  },
  RandomUniform: {
    inputs: ['root'],
    infer: (_, attributes) => [{ shape: numbersOf(attributes, 'shape'), dtype: 'float32' }],
  },
  Range: {
    inputs: [],
    infer: (_, attributes) => {
      const length = Math.ceil(
        (numberOf(attributes, 'stop') - numberOf(attributes, 'start')) / numberOf(attributes, 'step'),
      );
      return [{ shape: [Math.max(0, length)], dtype: elementTypeOf(attributes, 'dtype') }];
    },
  },
  Reshape: {
    inputs: ['x'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      return [{ shape: tf.util.inferFromImplicitShape(numbersOf(attributes, 'shape'), sizeOf(shape)), dtype }];
    },
  },
  Reverse: same,
  ScatterNd: {
    inputs: ['indices', 'updates'],
    infer: (inputs, attributes) => [{ shape: numbersOf(attributes, 'shape'), dtype: at(inputs, 1).dtype }],
  },
  Slice: {
    inputs: ['x'],
    infer: (inputs, attributes) => [{ shape: sliceOf(at(inputs, 0), attributes).size, dtype: at(inputs, 0).dtype }],
  },
  SplitV: {
    inputs: ['x'],
    returnsList: true,
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const axis = normalizeAxis(numberOf(attributes, 'axis'), shape.length);
      return splitSizes(shape[axis] ?? 0, attributes['numOrSizeSplits']).map((length) => ({
        shape: shape.map((old, i) => (i === axis ? length : old)),
        dtype,
      }));
    },
  },
  StridedSlice: {
    inputs: ['x'],
    infer: (inputs, attributes) => [
      { shape: stridedSliceOf(at(inputs, 0).shape, attributes).finalShape, dtype: at(inputs, 0).dtype },
    ],
  },
  Tile: {
    inputs: ['x'],
    infer: (inputs, attributes) => {
      const reps = numbersOf(attributes, 'reps');
      const { shape, dtype } = at(inputs, 0);
      return [{ shape: shape.map((length, axis) => length * (reps[axis] ?? 1)), dtype }];
    },
  },
  Transpose: {
    inputs: ['x'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      return [{ shape: numbersOf(attributes, 'perm').map((axis) => shape[axis] ?? 1), dtype }];
    },
  },
  Unpack: {
    inputs: ['value'],
    returnsList: true,
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const axis = normalizeAxis(numberOf(attributes, 'axis'), shape.length);
      const rest = shape.filter((_, i) => i !== axis);
      return Array.from({ length: shape[axis] ?? 0 }, () => ({ shape: rest, dtype }));
    },
  },
  UnsortedSegmentSum: {
    inputs: ['x', 'segmentIds'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      return [{ shape: [numberOf(attributes, 'numSegments'), ...shape.slice(at(inputs, 1).shape.length)], dtype }];
    },
  },
  ZerosLike: same,
};

/** `begin` and `size` of a slice, with -1 resolved. */
export function sliceOf(
  { shape }: Value,
  attributes: Readonly<Record<string, unknown>>,
): { begin: number[]; size: number[] } {
  const begin = numbersOf(attributes, 'begin');
  const size = numbersOf(attributes, 'size').map((length, axis) =>
    length < 0 ? (shape[axis] ?? 0) - (begin[axis] ?? 0) : length,
  );
  return { begin, size };
}

/** The lengths of the parts of a split: given, or `numOrSizeSplits` equal ones. */
export function splitSizes(length: number, numOrSizeSplits: unknown): number[] {
  if (typeof numOrSizeSplits === 'number')
    return Array.from({ length: numOrSizeSplits }, () => length / numOrSizeSplits);
  const sizes = numbersOf({ numOrSizeSplits }, 'numOrSizeSplits');
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return sizes.map((size) => (size < 0 ? length - known : size));
}

/** The amounts of padding before and after each axis. */
export function paddingsOf(paddings: unknown): (readonly [number, number])[] {
  if (!Array.isArray(paddings)) return [];
  return paddings.map((pair: unknown) => {
    const [before = 0, after = 0] = numbersOf({ pair }, 'pair');
    return [before, after] as const;
  });
}

/** The plain form of a strided slice, masks resolved. */
export function stridedSliceOf(
  shape: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
): ReturnType<typeof tf.slice_util.sliceInfo> {
  return tf.slice_util.sliceInfo(
    [...shape],
    numbersOf(attributes, 'begin'),
    numbersOf(attributes, 'end'),
    numbersOf(attributes, 'strides'),
    numberOf(attributes, 'beginMask', 0),
    numberOf(attributes, 'endMask', 0),
    numberOf(attributes, 'ellipsisMask', 0),
    numberOf(attributes, 'newAxisMask', 0),
    numberOf(attributes, 'shrinkAxisMask', 0),
  );
}
