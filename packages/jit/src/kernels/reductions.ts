import type { ValueType } from '../graph.ts';
import { at, axesOf, booleanOf, normalizeAxis, numberOf, type KernelDefinition } from './definition.ts';

const reduction: KernelDefinition = {
  inputs: ['x'],
  infer: (inputs, attributes) => {
    const x = at(inputs, 0);
    const { shape, dtype } = x;
    const axes = axesOf(x, attributes);
    return [{ shape: reducedShape(shape, axes, booleanOf(attributes, 'keepDims')), dtype }];
  },
};

const arg: KernelDefinition = {
  inputs: ['x'],
  infer: (inputs, attributes) => {
    const x = at(inputs, 0);
    return [{ shape: reducedShape(x.shape, axesOf(x, attributes), false), dtype: 'int32' }];
  },
};

const same: KernelDefinition = { inputs: ['x'], infer: (inputs) => [at(inputs, 0)] };
const softmax: KernelDefinition = { inputs: ['logits'], infer: (inputs) => [at(inputs, 0)] };

/** The names in {@link REDUCTIONS}. */
export type ReductionKernel =
  | 'All'
  | 'Any'
  | 'ArgMax'
  | 'ArgMin'
  | 'Cumsum'
  | 'LogSoftmax'
  | 'Max'
  | 'Mean'
  | 'Min'
  | 'Prod'
  | 'Softmax'
  | 'Sum'
  | 'TopK'
  | 'LayerNormalization'
  | 'LayerNormalizationGrad'
  | 'RmsNormalization'
  | 'RmsNormalizationGrad'
  | 'SoftmaxCrossEntropy'
  | 'SoftmaxCrossEntropyGrad';

/** Kernels that combine elements along axes. */
export const REDUCTIONS: Readonly<Record<ReductionKernel, KernelDefinition>> = {
  All: reduction,
  Any: reduction,
  ArgMax: arg,
  ArgMin: arg,
  Cumsum: same,
  LogSoftmax: softmax,
  Max: reduction,
  Mean: reduction,
  Min: reduction,
  Prod: reduction,
  Softmax: softmax,
  Sum: reduction,
  TopK: {
    inputs: ['x'],
    infer: (inputs, attributes) => {
      const { shape, dtype } = at(inputs, 0);
      const top = [...shape.slice(0, -1), numberOf(attributes, 'k')];
      return [
        { shape: top, dtype },
        { shape: top, dtype: 'int32' },
      ];
    },
  },

  LayerNormalization: {
    inputs: ['x', 'scale', 'bias'],
    infer: (inputs) => [at(inputs, 0), perRow(at(inputs, 0)), perRow(at(inputs, 0))],
  },
  LayerNormalizationGrad: {
    inputs: ['dy', 'x', 'scale', 'mean', 'inverseStandardDeviation'],
    infer: (inputs) => [at(inputs, 1), at(inputs, 2), at(inputs, 2)],
  },
  RmsNormalization: { inputs: ['x', 'scale'], infer: (inputs) => [at(inputs, 0), perRow(at(inputs, 0))] },
  RmsNormalizationGrad: {
    inputs: ['dy', 'x', 'scale', 'inverseRms'],
    infer: (inputs) => [at(inputs, 1), at(inputs, 2)],
  },
  SoftmaxCrossEntropy: {
    inputs: ['logits', 'labels'],
    infer: (inputs) => [{ shape: at(inputs, 1).shape, dtype: 'float32' }, perRow(at(inputs, 0))],
  },
  SoftmaxCrossEntropyGrad: { inputs: ['dy', 'logits', 'labels', 'logSumExp'], infer: (inputs) => [at(inputs, 1)] },
};

/** The shape that is left after reducing `axes`. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  const reduced = new Set(axes.map((axis) => normalizeAxis(axis, shape.length)));
  return keepDims
    ? shape.map((length, axis) => (reduced.has(axis) ? 1 : length))
    : shape.filter((_, axis) => !reduced.has(axis));
}

function perRow({ shape }: ValueType): ValueType {
  return { shape: [...shape.slice(0, -1), 1], dtype: 'float32' };
}
