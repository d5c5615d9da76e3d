import type { GraphNode } from '../graph.ts';
import { at, axesOf, booleanOf, normalizeAxis, numberOf, numbersOf } from '../kernels/definition.ts';
import { reducedShape, type ReductionKernel } from '../kernels/reductions.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import type { Lowering, LoweringContext } from './context.ts';

const reduce =
  (operator: string): Lowering =>
  (node, onnx) => {
    const x = at(node.inputs, 0);
    onnx.define(node.outputs, operator, [onnx.nameOf(x), reductionAxes(node, onnx)], keepDims(node));
  };

/** ONNX has no logical reductions: minimum and maximum of 0 and 1 are the same. */
const reduceLogically =
  (operator: string): Lowering =>
  (node, onnx) => {
    const x = onnx.cast(onnx.nameOf(at(node.inputs, 0)), ONNX_TYPE.int32);
    const reduced = onnx.emit(operator, [x, reductionAxes(node, onnx)], keepDims(node));
    onnx.define(node.outputs, 'Cast', [reduced], { to: { int: ONNX_TYPE.bool } });
  };

const arg =
  (operator: string): Lowering =>
  (node, onnx) => {
    const x = at(node.inputs, 0);
    const axis = normalizeAxis(numbersOf(node.attributes, 'axis')[0] ?? 0, x.shape.length);
    const position = onnx.emit(operator, [onnx.nameOf(x)], { axis: { int: axis }, keepdims: { int: 0 } });
    onnx.define(node.outputs, 'Cast', [position], { to: { int: ONNX_TYPE.int32 } });
  };

export const REDUCTION_LOWERINGS: Readonly<Record<ReductionKernel, Lowering>> = {
  All: reduceLogically('ReduceMin'),
  Any: reduceLogically('ReduceMax'),
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
  Max: reduce('ReduceMax'),
  Mean: reduce('ReduceMean'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  Sum: reduce('ReduceSum'),
  Cumsum: (node, onnx) => {
    const x = at(node.inputs, 0);
    const axis = normalizeAxis(numberOf(node.attributes, 'axis'), x.shape.length);
    onnx.define(node.outputs, 'CumSum', [onnx.nameOf(x), onnx.scalar(axis, 'int64')], {
      exclusive: { int: Number(booleanOf(node.attributes, 'exclusive')) },
      reverse: { int: Number(booleanOf(node.attributes, 'reverse')) },
    });
  },
  Softmax: (node, onnx) => {
    onnx.define(node.outputs, 'Softmax', [onnx.nameOf(at(node.inputs, 0))], { axis: { int: -1 } });
  },
  LogSoftmax: (node, onnx) => {
    onnx.define(node.outputs, 'LogSoftmax', [onnx.nameOf(at(node.inputs, 0))], { axis: { int: -1 } });
  },
  TopK: (node, onnx) => {
    const [values, positions] = node.outputs;
    const k = onnx.integers([numberOf(node.attributes, 'k')]);
    const wide = onnx.emitMany('TopK', [onnx.nameOf(at(node.inputs, 0)), k], 2, { axis: { int: -1 } });
    if (values) onnx.alias(values, wide[0] ?? '');
    onnx.define([positions], 'Cast', [wide[1] ?? ''], { to: { int: ONNX_TYPE.int32 } });
  },

  LayerNormalization: (node, onnx) => {
    const [x, scale, bias] = [0, 1, 2].map((index) => onnx.nameOf(at(node.inputs, index)));
    onnx.define(node.outputs, 'LayerNormalization', [x ?? '', scale ?? '', bias ?? ''], {
      axis: { int: -1 },
      epsilon: { float: numberOf(node.attributes, 'epsilon') },
    });
  },
  /** With g = dy * scale and n the normalized input: dx = (g - mean(g) - n * mean(g * n)) / deviation. */
  LayerNormalizationGrad: (node, onnx) => {
    const [dy = '', x = '', scale = '', mean = '', inverse = ''] = names(node, onnx);
    const [dx, dscale, dbias] = node.outputs;
    const n = onnx.emit('Mul', [onnx.emit('Sub', [x, mean]), inverse]);
    const g = onnx.emit('Mul', [dy, scale]);
    const projection = onnx.emit('Mul', [n, meanOfRow(onnx.emit('Mul', [g, n]), onnx)]);
    const centred = onnx.emit('Sub', [onnx.emit('Sub', [g, meanOfRow(g, onnx)]), projection]);
    onnx.define([dx], 'Mul', [centred, inverse]);
    sumOverRows([dscale, onnx.emit('Mul', [dy, n])], node, onnx);
    sumOverRows([dbias, dy], node, onnx);
  },
  RmsNormalization: (node, onnx) => {
    const [x = '', scale = ''] = names(node, onnx);
    const [y, inverse] = node.outputs;
    const meanSquare = meanOfRow(onnx.emit('Mul', [x, x]), onnx);
    onnx.define([inverse], 'Reciprocal', [
      onnx.emit('Sqrt', [onnx.emit('Add', [meanSquare, onnx.scalar(numberOf(node.attributes, 'epsilon'))])]),
    ]);
    onnx.define([y], 'Mul', [onnx.emit('Mul', [x, inverse ? onnx.nameOf(inverse) : '']), scale]);
  },
  /** With g = dy * scale and n = x / rms: dx = (g - n * mean(g * n)) / rms. */
  RmsNormalizationGrad: (node, onnx) => {
    const [dy = '', x = '', scale = '', inverse = ''] = names(node, onnx);
    const [dx, dscale] = node.outputs;
    const n = onnx.emit('Mul', [x, inverse]);
    const g = onnx.emit('Mul', [dy, scale]);
    const projection = onnx.emit('Mul', [n, meanOfRow(onnx.emit('Mul', [g, n]), onnx)]);
    onnx.define([dx], 'Mul', [onnx.emit('Sub', [g, projection]), inverse]);
    sumOverRows([dscale, onnx.emit('Mul', [dy, n])], node, onnx);
  },
  SoftmaxCrossEntropy: (node, onnx) => {
    const [logits = '', labels = ''] = names(node, onnx);
    const [loss, logSumExp] = node.outputs;
    const max = onnx.emit('ReduceMax', [logits, onnx.integers([-1])], { keepdims: { int: 1 } });
    const sum = onnx.emit('ReduceSum', [onnx.emit('Exp', [onnx.emit('Sub', [logits, max])]), onnx.integers([-1])], {
      keepdims: { int: 1 },
    });
    onnx.define([logSumExp], 'Add', [max, onnx.emit('Log', [sum])]);
    const lse = logSumExp ? onnx.nameOf(logSumExp) : '';
    const { keep, columns } = labelColumns(labels, onnx);
    const picked = onnx.emit('GatherElements', [logits, columns], { axis: { int: 1 } });
    const nats = onnx.emit('Squeeze', [onnx.emit('Sub', [lse, picked]), onnx.integers([1])]);
    onnx.define([loss], 'Where', [keep, nats, onnx.scalar(0)]);
  },
  /** dlogits = (softmax - onehot(label)) * dy, zero in rows that are ignored. */
  SoftmaxCrossEntropyGrad: (node, onnx) => {
    const [dy = '', logits = '', labels = '', lse = ''] = names(node, onnx);
    const { keep, columns } = labelColumns(labels, onnx);
    const weight = onnx.emit('Unsqueeze', [onnx.emit('Where', [keep, dy, onnx.scalar(0)]), onnx.integers([1])]);
    const probabilities = onnx.emit('Exp', [onnx.emit('Sub', [logits, lse])]);
    const scaled = onnx.emit('Mul', [probabilities, weight]);
    const correction = onnx.emit('Neg', [weight]);
    onnx.define(node.outputs, 'ScatterElements', [scaled, columns, correction], {
      axis: { int: 1 },
      reduction: { string: 'add' },
    });
  },
};

/** The row-wise mean, kept as a column. */
function meanOfRow(x: string, onnx: LoweringContext): string {
  return onnx.emit('ReduceMean', [x, onnx.integers([-1])], { keepdims: { int: 1 } });
}

/** Sums everything but the last axis into `output`. */
function sumOverRows(
  [output, x]: readonly [GraphNode['outputs'][number] | undefined, string],
  node: GraphNode,
  onnx: LoweringContext,
): void {
  const rank = at(node.inputs, 0).shape.length;
  const axes = Array.from({ length: rank - 1 }, (_, axis) => axis);
  onnx.define([output], 'ReduceSum', [x, onnx.integers(axes)], { keepdims: { int: 0 } });
}

/** Which rows count (label >= 0), and their labels as valid column positions [N, 1]. */
function labelColumns(labels: string, onnx: LoweringContext): { keep: string; columns: string } {
  const zero = onnx.scalar(0, 'int32');
  const keep = onnx.emit('GreaterOrEqual', [labels, zero]);
  const columns = onnx.emit('Unsqueeze', [onnx.emit('Max', [labels, zero]), onnx.integers([1])]);
  return { keep, columns };
}

function reductionAxes(node: GraphNode, onnx: LoweringContext): string {
  return onnx.integers(axesOf(at(node.inputs, 0), node.attributes));
}

/** Whether the reduced axes stay is read off the traced shapes, because tfjs does not always pass the attribute. */
function keepDims(node: GraphNode): { keepdims: { int: number }; noop_with_empty_axes: { int: number } } {
  const x = at(node.inputs, 0);
  const axes = axesOf(x, node.attributes);
  const dropped = reducedShape(x.shape, axes, false).length;
  return { keepdims: { int: Number(node.outputs[0]?.shape.length !== dropped) }, noop_with_empty_axes: { int: 1 } };
}

function names(node: GraphNode, onnx: LoweringContext): string[] {
  return node.inputs.map((input) => onnx.nameOf(input));
}
