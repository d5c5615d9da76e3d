import * as tf from '@tensorflow/tfjs';
import { type Attributes, type Value } from '../graph.ts';
import { at, booleanOf, broadcastShape, numbersOf, stringOf, type KernelDefinition } from './definition.ts';

function productShape(inputs: readonly Value[], attributes: Attributes): number[] {
  const a = at(inputs, 0).shape;
  const b = at(inputs, 1).shape;
  const rows = a.at(booleanOf(attributes, 'transposeA') ? -1 : -2) ?? 1;
  const columns = b.at(booleanOf(attributes, 'transposeB') ? -2 : -1) ?? 1;
  return [...broadcastShape(a.slice(0, -2), b.slice(0, -2)), rows, columns];
}

const product: KernelDefinition = {
  inputs: ['a', 'b'],
  infer: (inputs, attributes) => [{ shape: productShape(inputs, attributes), dtype: at(inputs, 0).dtype }],
};

/** The names in {@link PRODUCTS}. */
export type ProductKernel = 'BatchMatMul' | '_FusedMatMul' | 'Conv2D' | 'Conv2DBackpropFilter' | 'Conv2DBackpropInput';

/** Matrix products and convolutions. */
export const PRODUCTS: Readonly<Record<ProductKernel, KernelDefinition>> = {
  BatchMatMul: product,
  _FusedMatMul: {
    ...product,
    inputs: ['a', 'b', 'bias', 'preluActivationWeights'],
    optional: ['bias', 'preluActivationWeights'],
  },
  Conv2D: {
    inputs: ['x', 'filter'],
    infer: (inputs, attributes) => [
      { shape: convolutionOf(at(inputs, 0).shape, at(inputs, 1).shape, attributes).outShape, dtype: 'float32' },
    ],
  },
  Conv2DBackpropFilter: {
    inputs: ['x', 'dy'],
    infer: (_, attributes) => [{ shape: numbersOf(attributes, 'filterShape'), dtype: 'float32' }],
  },
  Conv2DBackpropInput: {
    inputs: ['dy', 'filter'],
    infer: (_, attributes) => [{ shape: numbersOf(attributes, 'inputShape'), dtype: 'float32' }],
  },
};

/** The geometry of a convolution in tfjs's terms. */
export function convolutionOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
): tf.backend_util.Conv2DInfo {
  const pad = attributes['pad'];
  const dilations = numbersOf({ dilations: attributes['dilations'] ?? 1 }, 'dilations');
  const strides = numbersOf(attributes, 'strides');
  return tf.backend_util.computeConv2DInfo(
    four(inputShape),
    four(filterShape),
    two(strides),
    two(dilations),
    pad === 'same' || pad === 'valid' ? pad : typeof pad === 'number' ? pad : explicitPadding(pad),
    toRounding(attributes['dimRoundingMode']),
    false,
    tf.backend_util.convertConv2DDataFormat(stringOf(attributes, 'dataFormat') === 'NCHW' ? 'NCHW' : 'NHWC'),
  );
}

function toRounding(mode: unknown): 'floor' | 'round' | 'ceil' | undefined {
  return mode === 'floor' || mode === 'round' || mode === 'ceil' ? mode : undefined;
}

function four([a = 1, b = 1, c = 1, d = 1]: readonly number[]): [number, number, number, number] {
  return [a, b, c, d];
}

function two([a = 1, b = a]: readonly number[]): [number, number] {
  return [a, b];
}

function explicitPadding(pad: unknown): [[number, number], [number, number], [number, number], [number, number]] {
  const pairs = Array.isArray(pad) ? pad.map((pair: unknown) => two(numbersOf({ pair }, 'pair'))) : [];
  const [a = [0, 0], b = [0, 0], c = [0, 0], d = [0, 0]] = pairs;
  return [a, b, c, d];
}
