import { JitError } from '../errors.ts';
import { sizeOf, type GraphNode, type Value } from '../graph.ts';
import { at, booleanOf, numberOf, stringOf } from '../kernels/definition.ts';
import { convolutionOf, type ProductKernel } from '../kernels/products.ts';

import { MICROSOFT, type Lowering, type LoweringContext, type OnnxAttributes } from './context.ts';

/** An operand that is this much smaller than the other is scaled at no cost. */
const MUCH_SMALLER = 16;

/**
 * A product of matrices. Two plain matrices become `Gemm`, which takes transposes and a factor for free; batches become `MatMul`, or
 * `FusedMatMul` when transposed or scaled.
 *
 * @param output the value that the product is; absent, the product is an intermediate.
 * @returns the name of the product.
 */
function multiply(node: GraphNode, onnx: LoweringContext, output?: Value): string {
  const [a, b] = [at(node.inputs, 0), at(node.inputs, 1)];
  const { shape } = at(node.outputs, 0);
  const flags = {
    transA: { int: Number(booleanOf(node.attributes, 'transposeA')) },
    transB: { int: Number(booleanOf(node.attributes, 'transposeB')) },
    alpha: { float: numberOf(node.attributes, 'alpha', 1) },
  };
  const emit = (operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}, domain = ''): string => {
    if (output === undefined) return onnx.emit(operator, inputs, attributes, domain);
    onnx.define([output], operator, inputs, attributes, domain);
    return onnx.nameOf(output);
  };
  const names = [onnx.nameOf(a), onnx.nameOf(b)];
  const isPlain = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
  if (isPlain && shape.length === 2) return emit('Gemm', names, flags);
  if (isPlain) {
    const flat = [a, b].map((operand, index) => onnx.reshape(names[index] ?? '', operand.shape.slice(-2)));
    return emit('Reshape', [onnx.emit('Gemm', flat, flags), onnx.integers(shape)]);
  }
  const isTransposed = flags.transA.int + flags.transB.int > 0;
  if (!isTransposed && flags.alpha.float === 1) return emit('MatMul', names);
  // ONNX Runtime's loops for a single row know no factor.
  if (!isTransposed && sizeOf(a.shape) < sizeOf(b.shape) / MUCH_SMALLER)
    return emit('MatMul', [onnx.emit('Mul', [onnx.nameOf(a), onnx.scalar(flags.alpha.float)]), onnx.nameOf(b)]);
  return emit('FusedMatMul', names, flags, MICROSOFT);
}

const ACTIVATIONS: Readonly<Record<string, string>> = { relu: 'Relu', elu: 'Elu', sigmoid: 'Sigmoid', tanh: 'Tanh' };

export const PRODUCT_LOWERINGS: Readonly<Record<ProductKernel, Lowering>> = {
  BatchMatMul: (node, onnx) => {
    multiply(node, onnx, at(node.outputs, 0));
  },
  _FusedMatMul: (node, onnx) => {
    const [, , bias] = node.inputs;
    const product = multiply(node, onnx);
    const sum = bias === undefined ? product : onnx.emit('Add', [product, onnx.nameOf(bias)]);
    const activation = stringOf(node.attributes, 'activation');
    if (activation === 'linear') {
      onnx.alias(at(node.outputs, 0), sum);
      return;
    }
    const operator = ACTIVATIONS[activation];
    if (operator === undefined) {
      throw new JitError('JIT_UNSUPPORTED_KERNEL', {
        message: `The activation ${activation} of a fused product, called at ${node.callSite.toString()}, has no lowering.`,
        hint: 'Apply it as an op of its own.',
      });
    }
    onnx.define(node.outputs, operator, [sum]);
  },
  Conv2D: (node, onnx) => {
    const [x, filter] = [at(node.inputs, 0), at(node.inputs, 1)];
    const { attributes } = geometry(node, x.shape, filter.shape);
    const y = onnx.emit(
      'Conv',
      [toChannelsFirst(onnx.nameOf(x), onnx), filterToOnnx(onnx.nameOf(filter), onnx)],
      attributes,
    );
    onnx.define(node.outputs, 'Transpose', [y], { perm: { ints: [0, 2, 3, 1] } });
  },
  /** The gradient of the filter is a convolution of the input by dy, with batch and channels exchanged and strides as dilations. */
  Conv2DBackpropFilter: (node, onnx) => {
    const [x, dy] = [at(node.inputs, 0), at(node.inputs, 1)];
    const filter = at(node.outputs, 0).shape;
    const { info, attributes } = geometry(node, x.shape, filter);
    const swapped = onnx.emit('Transpose', [onnx.nameOf(x)], { perm: { ints: [3, 0, 1, 2] } });
    const weights = onnx.emit('Transpose', [onnx.nameOf(dy)], { perm: { ints: [3, 0, 1, 2] } });
    const full = onnx.emit('Conv', [swapped, weights], {
      pads: attributes.pads,
      strides: { ints: [info.dilationHeight, info.dilationWidth] },
      dilations: { ints: [info.strideHeight, info.strideWidth] },
    });
    // Strides that do not divide the input leave rows and columns beyond the filter.
    const [height = 1, width = 1] = filter;
    const cut = onnx.emit('Slice', [
      full,
      onnx.integers([0, 0]),
      onnx.integers([height, width]),
      onnx.integers([2, 3]),
    ]);
    onnx.define(node.outputs, 'Transpose', [cut], { perm: { ints: [2, 3, 0, 1] } });
  },
  Conv2DBackpropInput: (node, onnx) => {
    const [dy, filter] = [at(node.inputs, 0), at(node.inputs, 1)];
    const shape = at(node.outputs, 0).shape;
    const { attributes } = geometry(node, shape, filter.shape);
    const [top = 0, left = 0, bottom = 0, right = 0] = attributes.pads.ints;
    const [strideHeight = 1, strideWidth = 1] = attributes.strides.ints;
    const [dilationHeight = 1, dilationWidth = 1] = attributes.dilations.ints;
    const missing = (axis: number, stride: number, dilation: number, before: number, after: number): number =>
      (shape[axis] ?? 0) +
      before +
      after -
      ((dy.shape[axis] ?? 0) - 1) * stride -
      ((filter.shape[axis - 1] ?? 0) - 1) * dilation -
      1;
    const dx = onnx.emit(
      'ConvTranspose',
      [toChannelsFirst(onnx.nameOf(dy), onnx), filterToOnnx(onnx.nameOf(filter), onnx)],
      {
        ...attributes,
        output_padding: {
          ints: [
            missing(1, strideHeight, dilationHeight, top, bottom),
            missing(2, strideWidth, dilationWidth, left, right),
          ],
        },
      },
    );
    onnx.define(node.outputs, 'Transpose', [dx], { perm: { ints: [0, 2, 3, 1] } });
  },
};

function geometry(node: GraphNode, inputShape: readonly number[], filterShape: readonly number[]) {
  if (stringOf(node.attributes, 'dataFormat') !== 'NHWC') {
    throw new JitError('JIT_UNSUPPORTED_KERNEL', {
      message: `A convolution in NCHW, called at ${node.callSite.toString()}, has no lowering.`,
      hint: 'Use NHWC, the default of tfjs.',
    });
  }
  const info = convolutionOf(inputShape, filterShape, node.attributes);
  const { top, left, bottom, right } = info.padInfo;
  const attributes = {
    pads: { ints: [top, left, bottom, right] },
    strides: { ints: [info.strideHeight, info.strideWidth] },
    dilations: { ints: [info.dilationHeight, info.dilationWidth] },
  };
  return { info, attributes };
}

function toChannelsFirst(name: string, onnx: LoweringContext): string {
  return onnx.emit('Transpose', [name], { perm: { ints: [0, 3, 1, 2] } });
}

/** [height, width, in, out] to [out, in, height, width]. */
function filterToOnnx(name: string, onnx: LoweringContext): string {
  return onnx.emit('Transpose', [name], { perm: { ints: [3, 2, 0, 1] } });
}
