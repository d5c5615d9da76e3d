import { at, booleanOf } from '../kernels/definition.ts';
import { isFusedAttributes, type InternalKernel } from '../kernels/internal.ts';
import { FUSED, type Lowering } from './context.ts';
import { lowerSegmentSumOnto } from './segment-sum.ts';

export const INTERNAL_LOWERINGS: Readonly<Record<InternalKernel, Lowering>> = {
  AffineProduct: (node, onnx) => {
    const inputs = node.inputs.map((input) => onnx.nameOf(input));
    onnx.define(node.outputs, 'Gemm', inputs, {
      transA: { int: Number(booleanOf(node.attributes, 'transposeA')) },
      transB: { int: Number(booleanOf(node.attributes, 'transposeB')) },
    });
  },
  SumOfSquares: (node, onnx) => {
    onnx.define(node.outputs, 'ReduceSumSquare', [onnx.nameOf(at(node.inputs, 0))], { keepdims: { int: 0 } });
  },
  SegmentSumOnto: lowerSegmentSumOnto,
  Fused: (node, onnx) => {
    if (!isFusedAttributes(node.attributes)) throw new Error('A fused node has no program.');
    const operator = onnx.addFusedOperator(node.attributes);
    onnx.define(
      node.outputs,
      operator,
      node.inputs.map((input) => onnx.nameOf(input)),
      {},
      FUSED,
    );
  },
};
