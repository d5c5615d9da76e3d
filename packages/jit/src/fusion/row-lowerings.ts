import type { GraphNode } from '../graph.ts';
import { elementTypeOf, numberOf, numbersOf, stringOf } from '../kernels/definition.ts';
import type { KernelName } from '../kernels/index.ts';
import type { BinaryOperator, ComparisonOperator, UnaryOperator } from '../native-code/row-program.ts';
import type { Row, RowBuilder } from './row-builder.ts';

/** What a row lowering is given beside the builder. */
export interface RowContext {
  readonly node: GraphNode;
  readonly columns: number;
}

/** Turns one graph node into instructions: rows of its inputs to rows of its outputs, in order. */
export type RowLowering = (builder: RowBuilder, inputs: readonly Row[], context: RowContext) => readonly Row[];

const unary =
  (op: UnaryOperator): RowLowering =>
  (builder, [x = 0]) => [builder.unary(op, x)];

const binary =
  (op: BinaryOperator): RowLowering =>
  (builder, [a = 0, b = 0]) => [builder.binary(op, a, b)];

const comparison =
  (op: ComparisonOperator): RowLowering =>
  (builder, [a = 0, b = 0]) => [builder.compare(op, a, b)];

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

/** Kernels that can become a part of a fused loop. Sums over rows are not here: they are outputs of a program, see {@link fuse}. */
export const ROW_LOWERINGS: Partial<Record<KernelName, RowLowering>> = {
  Abs: unary('abs'),
  Erf: unary('erf'),
  Exp: unary('exp'),
  Log: unary('log'),
  Neg: unary('neg'),
  Reciprocal: unary('reciprocal'),
  Sigmoid: unary('sigmoid'),
  Sqrt: unary('sqrt'),
  Tanh: unary('tanh'),
  Rsqrt: (builder, [x = 0]) => [builder.unary('reciprocal', builder.unary('sqrt', x))],
  Square: (builder, [x = 0]) => [builder.mul(x, x)],
  Relu: (builder, [x = 0]) => [builder.binary('max', x, builder.constant(0))],
  Step: (builder, [x = 0], { node }) => [
    builder.select(
      builder.compare('greater', x, builder.constant(0)),
      builder.constant(1),
      builder.constant(numberOf(node.attributes, 'alpha', 0)),
    ),
  ],

  Add: binary('add'),
  Maximum: binary('max'),
  Minimum: binary('min'),
  Multiply: binary('mul'),
  RealDiv: binary('div'),
  Sub: binary('sub'),
  SquaredDifference: (builder, [a = 0, b = 0]) => {
    const difference = builder.sub(a, b);
    return [builder.mul(difference, difference)];
  },
  AddN: (builder, inputs) => [inputs.slice(1).reduce((sum, x) => builder.add(sum, x), inputs[0] ?? 0)],

  Equal: comparison('equal'),
  Greater: comparison('greater'),
  GreaterEqual: comparison('greaterOrEqual'),
  Less: comparison('less'),
  LessEqual: comparison('lessOrEqual'),
  Select: (builder, [condition = 0, a = 0, b = 0]) => [builder.select(condition, a, b)],
  Cast: (builder, [x = 0], { node }) => [castRow(builder, x, node)],

  Gelu: (builder, [x = 0], { node }) => [
    isExact(node)
      ? builder.mul(
          builder.mul(x, builder.constant(0.5)),
          builder.add(builder.unary('erf', builder.mul(x, builder.constant(Math.SQRT1_2))), builder.constant(1)),
        )
      : builder.mul(x, builder.unary('sigmoid', builder.mul(tanhArgument(builder, x).inner, x))),
  ],
  GeluGrad: (builder, [dy = 0, x = 0], { node }) => [
    builder.mul(dy, isExact(node) ? exactGeluSlope(builder, x) : tanhGeluSlope(builder, x)),
  ],

  Max: (builder, [x = 0]) => [builder.rowMax(x)],
  Sum: (builder, [x = 0]) => [builder.rowSum(x)],
  Mean: (builder, [x = 0], { columns }) => [builder.rowMean(x, columns)],
  Softmax: (builder, [x = 0]) => {
    const exponential = builder.unary('exp', builder.sub(x, builder.rowMax(x)));
    return [builder.mul(exponential, builder.unary('reciprocal', builder.rowSum(exponential)))];
  },
  LogSoftmax: (builder, [x = 0]) => [builder.sub(x, logSumExp(builder, x))],

  LayerNormalization: (builder, [x = 0, scale = 0, bias = 0], { node, columns }) => {
    const mean = builder.rowMean(x, columns);
    const centred = builder.sub(x, mean);
    const variance = builder.rowMean(builder.mul(centred, centred), columns);
    const inverse = builder.unary(
      'reciprocal',
      builder.unary('sqrt', builder.add(variance, builder.constant(numberOf(node.attributes, 'epsilon')))),
    );
    return [builder.add(builder.mul(builder.mul(centred, inverse), scale), bias), mean, inverse];
  },
  /** With g = dy * scale and n the normalized input: dx = (g - mean(g) - n * mean(g * n)) / deviation. The sums over rows are dy * n and dy. */
  LayerNormalizationGrad: (builder, [dy = 0, x = 0, scale = 0, mean = 0, inverse = 0], { columns }) => {
    const n = builder.mul(builder.sub(x, mean), inverse);
    const g = builder.mul(dy, scale);
    const projected = builder.mul(n, builder.rowMean(builder.mul(g, n), columns));
    const dx = builder.mul(builder.sub(builder.sub(g, builder.rowMean(g, columns)), projected), inverse);
    return [dx, builder.mul(dy, n), dy];
  },
  RmsNormalization: (builder, [x = 0, scale = 0], { node, columns }) => {
    const meanSquare = builder.rowMean(builder.mul(x, x), columns);
    const inverse = builder.unary(
      'reciprocal',
      builder.unary('sqrt', builder.add(meanSquare, builder.constant(numberOf(node.attributes, 'epsilon')))),
    );
    return [builder.mul(builder.mul(x, inverse), scale), inverse];
  },
  RmsNormalizationGrad: (builder, [dy = 0, x = 0, scale = 0, inverse = 0], { columns }) => {
    const n = builder.mul(x, inverse);
    const g = builder.mul(dy, scale);
    const projected = builder.mul(n, builder.rowMean(builder.mul(g, n), columns));
    return [builder.mul(builder.sub(g, projected), inverse), builder.mul(dy, n)];
  },

  SoftmaxCrossEntropy: (builder, [logits = 0, label = 0]) => {
    const total = logSumExp(builder, logits);
    const isLabel = isColumn(builder, label);
    const picked = builder.rowSum(builder.select(isLabel, logits, builder.constant(0)));
    return [builder.select(isKept(builder, label), builder.sub(total, picked), builder.constant(0)), total];
  },
  SoftmaxCrossEntropyGrad: (builder, [dy = 0, logits = 0, label = 0, total = 0]) => {
    const weight = builder.select(isKept(builder, label), dy, builder.constant(0));
    const probability = builder.unary('exp', builder.sub(logits, total));
    const isLabel = isColumn(builder, label);
    const target = builder.select(isLabel, builder.constant(1), builder.constant(0));
    return [builder.mul(builder.sub(probability, target), weight)];
  },

  RandomBits: (builder, root, { node }) => [randomWord(builder, root, node)],
  RandomUniform: (builder, root, { node }) => {
    const upper = builder.integerOperation('shiftRight', randomWord(builder, root, node), builder.integer(8));
    return [builder.mul(builder.emit({ op: 'toFloat', a: upper }), builder.constant(2 ** -24))];
  },
};

function castRow(builder: RowBuilder, x: Row, node: GraphNode): Row {
  const from = node.inputs[0]?.dtype;
  const to = elementTypeOf(node.attributes, 'dtype');
  if (from === 'bool' && to === 'float32') return builder.select(x, builder.constant(1), builder.constant(0));
  if (from === 'int32' && to === 'float32') return builder.emit({ op: 'toFloat', a: x });
  return builder.emit({ op: 'toInt', a: x });
}

/** Which casts have a row form. */
export function isFusibleCast(node: GraphNode): boolean {
  const from = node.inputs[0]?.dtype;
  const to = elementTypeOf(node.attributes, 'dtype');
  return (to === 'float32' && from !== 'float32') || (to === 'int32' && from === 'float32');
}

function isExact(node: GraphNode): boolean {
  return stringOf(node.attributes, 'approximate') === 'none';
}

/** The argument of tanh in GELU, doubled, is `inner * x`; `cubic` is the part of `inner` that depends on x. */
function tanhArgument(builder: RowBuilder, x: Row): { inner: Row; cubic: Row } {
  const cubic = builder.mul(builder.mul(x, x), builder.constant(2 * SQRT_2_OVER_PI * GELU_CUBIC));
  return { inner: builder.add(cubic, builder.constant(2 * SQRT_2_OVER_PI)), cubic };
}

/** With s = sigmoid(2u), u the argument of tanh: s + x * s * (1 - s) * 2u'. */
function tanhGeluSlope(builder: RowBuilder, x: Row): Row {
  const { inner, cubic } = tanhArgument(builder, x);
  const s = builder.unary('sigmoid', builder.mul(inner, x));
  const slope = builder.mul(
    builder.add(builder.mul(cubic, builder.constant(3)), builder.constant(2 * SQRT_2_OVER_PI)),
    x,
  );
  return builder.add(s, builder.mul(slope, builder.sub(s, builder.mul(s, s))));
}

/** d/dx of x * Phi(x): Phi(x) + x * phi(x). */
function exactGeluSlope(builder: RowBuilder, x: Row): Row {
  const density = builder.mul(
    builder.constant(1 / Math.sqrt(2 * Math.PI)),
    builder.unary('exp', builder.mul(builder.mul(x, x), builder.constant(-0.5))),
  );
  const erf = builder.unary('erf', builder.mul(x, builder.constant(Math.SQRT1_2)));
  return builder.add(
    builder.mul(builder.add(erf, builder.constant(1)), builder.constant(0.5)),
    builder.mul(x, density),
  );
}

function logSumExp(builder: RowBuilder, x: Row): Row {
  const max = builder.rowMax(x);
  return builder.add(max, builder.unary('log', builder.rowSum(builder.unary('exp', builder.sub(x, max)))));
}

/** Whether the column is the label; columns below 2^24 are exact as floats. */
function isColumn(builder: RowBuilder, label: Row): Row {
  return builder.compare(
    'equal',
    builder.emit({ op: 'toFloat', a: builder.emit({ op: 'column' }) }),
    builder.emit({ op: 'toFloat', a: label }),
  );
}

function isKept(builder: RowBuilder, label: Row): Row {
  return builder.compare('greaterOrEqual', builder.emit({ op: 'toFloat', a: label }), builder.constant(0));
}

/** The generator of `@cloze/core`: one word per element, of a key of two words and a path of two words. */
function randomWord(builder: RowBuilder, [root0 = 0, root1 = 0]: readonly Row[], node: GraphNode): Row {
  const [path0 = 0, path1 = 0] = numbersOf(node.attributes, 'path');
  const first = mix(builder, builder.integerOperation('xorInt', root0, builder.integer(path0)));
  const second = mix(
    builder,
    builder.integerOperation('addInt', builder.integerOperation('xorInt', root1, builder.integer(path1)), first),
  );
  const counter = builder.integerOperation('mulInt', builder.emit({ op: 'position' }), builder.integer(0x9e3779b9));
  const x = builder.integerOperation('addInt', counter, builder.integerOperation('addInt', first, second));
  const mixed = xorShift(builder, multiply(builder, xorShift(builder, x, 16), 0x21f0aaad), 15);
  // second | 1, by what integer operators there are.
  const half = builder.integerOperation('shiftRight', second, builder.integer(1));
  const odd = builder.integerOperation('addInt', multiply(builder, half, 2), builder.integer(1));
  return xorShift(builder, builder.integerOperation('mulInt', mixed, odd), 15);
}

function mix(builder: RowBuilder, h: Row): Row {
  const first = multiply(builder, xorShift(builder, h, 16), 0x21f0aaad);
  return xorShift(builder, multiply(builder, xorShift(builder, first, 15), 0xd35a2d97), 15);
}

function xorShift(builder: RowBuilder, x: Row, bits: number): Row {
  return builder.integerOperation('xorInt', x, builder.integerOperation('shiftRight', x, builder.integer(bits)));
}

function multiply(builder: RowBuilder, x: Row, factor: number): Row {
  return builder.integerOperation('mulInt', x, builder.integer(factor));
}
