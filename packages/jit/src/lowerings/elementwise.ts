import type { GraphNode } from '../graph.ts';
import { at, elementTypeOf, numberOf, stringOf } from '../kernels/definition.ts';
import type { ElementwiseKernel } from '../kernels/elementwise.ts';
import { ONNX_TYPE } from '../onnx/model.ts';
import type { Lowering, LoweringContext, OnnxAttributes } from './context.ts';
import { MICROSOFT } from './context.ts';

/** A kernel that is one ONNX operator on the same inputs. */
const direct =
  (operator: string, attributes: OnnxAttributes = {}): Lowering =>
  (node, onnx) => {
    onnx.define(node.outputs, operator, names(node, onnx), attributes);
  };

const SQRT_2 = Math.SQRT2;
const GELU_CUBIC = 0.044715;
const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

export const ELEMENTWISE_LOWERINGS: Readonly<Record<ElementwiseKernel, Lowering>> = {
  Abs: direct('Abs'),
  Ceil: direct('Ceil'),
  Cos: direct('Cos'),
  Elu: direct('Elu'),
  Erf: direct('Erf'),
  Exp: direct('Exp'),
  Floor: direct('Floor'),
  Log: direct('Log'),
  Neg: direct('Neg'),
  Reciprocal: direct('Reciprocal'),
  Relu: direct('Relu'),
  Round: direct('Round'),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  Sign: direct('Sign'),
  Sin: direct('Sin'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Tanh: direct('Tanh'),
  Add: direct('Add'),
  Maximum: direct('Max'),
  Minimum: direct('Min'),
  Multiply: direct('Mul'),
  Pow: (node, onnx) => {
    const { shape } = at(node.outputs, 0);
    // ONNX Runtime 1.30's WebGPU kernel cannot repeat an operand along the last axis.
    const operands = node.inputs.map((input) => {
      const isRepeated = input.shape.length > 0 && input.shape.at(-1) !== shape.at(-1);
      const name = onnx.nameOf(input);
      return isRepeated ? onnx.emit('Expand', [name, onnx.integers(shape)]) : name;
    });
    onnx.define(node.outputs, 'Pow', operands);
  },
  RealDiv: direct('Div'),
  Sub: direct('Sub'),
  Equal: direct('Equal'),
  Greater: direct('Greater'),
  GreaterEqual: direct('GreaterOrEqual'),
  Less: direct('Less'),
  LessEqual: direct('LessOrEqual'),
  LogicalAnd: direct('And'),
  LogicalNot: direct('Not'),
  LogicalOr: direct('Or'),
  IsInf: direct('IsInf'),
  IsNan: direct('IsNaN'),
  AddN: direct('Sum'),
  Select: direct('Where'),

  ClipByValue: (node, onnx) => {
    const { dtype } = at(node.inputs, 0);
    const bounds = ['clipValueMin', 'clipValueMax'].map((name) => onnx.scalar(numberOf(node.attributes, name), dtype));
    onnx.define(node.outputs, 'Clip', [...names(node, onnx), ...bounds]);
  },
  Expm1: (node, onnx) => {
    onnx.define(node.outputs, 'Sub', [onnx.emit('Exp', names(node, onnx)), onnx.scalar(1)]);
  },
  FloorDiv: (node, onnx) => {
    // ONNX divides integers towards zero, tfjs towards minus infinity.
    const quotient = onnx.emit(
      'Div',
      names(node, onnx).map((name) => onnx.cast(name, ONNX_TYPE.float32)),
    );
    onnx.define(node.outputs, 'Cast', [onnx.emit('Floor', [quotient])], { to: { int: ONNX_TYPE.int32 } });
  },
  IsFinite: (node, onnx) => {
    const difference = onnx.emit('Sub', [...names(node, onnx), ...names(node, onnx)]);
    onnx.define(node.outputs, 'Equal', [difference, onnx.scalar(0)]);
  },
  LeakyRelu: (node, onnx) => {
    onnx.define(node.outputs, 'LeakyRelu', names(node, onnx), { alpha: { float: numberOf(node.attributes, 'alpha') } });
  },
  Log1p: (node, onnx) => {
    onnx.define(node.outputs, 'Log', [onnx.emit('Add', [...names(node, onnx), onnx.scalar(1)])]);
  },
  Mod: (node, onnx) => {
    // The sign of the divisor, as tfjs has it.
    const [a = '', b = ''] = names(node, onnx);
    if (at(node.inputs, 0).dtype === 'int32') onnx.define(node.outputs, 'Mod', [a, b]);
    else {
      const quotient = onnx.emit('Floor', [onnx.emit('Div', [a, b])]);
      onnx.define(node.outputs, 'Sub', [a, onnx.emit('Mul', [quotient, b])]);
    }
  },
  NotEqual: (node, onnx) => {
    onnx.define(node.outputs, 'Not', [onnx.emit('Equal', names(node, onnx))]);
  },
  Relu6: (node, onnx) => {
    onnx.define(node.outputs, 'Clip', [...names(node, onnx), onnx.scalar(0), onnx.scalar(6)]);
  },
  Rsqrt: (node, onnx) => {
    onnx.define(node.outputs, 'Reciprocal', [onnx.emit('Sqrt', names(node, onnx))]);
  },
  Square: (node, onnx) => {
    onnx.define(node.outputs, 'Mul', [...names(node, onnx), ...names(node, onnx)]);
  },
  SquaredDifference: (node, onnx) => {
    const difference = onnx.emit('Sub', names(node, onnx));
    onnx.define(node.outputs, 'Mul', [difference, difference]);
  },
  Step: (node, onnx) => {
    const positive = onnx.emit('Greater', [...names(node, onnx), onnx.scalar(0)]);
    onnx.define(node.outputs, 'Where', [positive, onnx.scalar(1), onnx.scalar(numberOf(node.attributes, 'alpha', 0))]);
  },
  Cast: (node, onnx) => {
    const [x = ''] = names(node, onnx);
    const to = elementTypeOf(node.attributes, 'dtype');
    onnx.define(node.outputs, 'Cast', [x], { to: { int: ONNX_TYPE[to] } });
  },

  EluGrad: (node, onnx) => {
    const [dy = '', y = ''] = names(node, onnx);
    const slope = onnx.emit('Min', [onnx.emit('Add', [y, onnx.scalar(1)]), onnx.scalar(1)]);
    onnx.define(node.outputs, 'Mul', [dy, slope]);
  },
  Gelu: (node, onnx) => {
    const isExact = stringOf(node.attributes, 'approximate') === 'none';
    onnx.define(node.outputs, isExact ? 'Gelu' : 'FastGelu', names(node, onnx), {}, MICROSOFT);
  },
  GeluGrad: (node, onnx) => {
    const [dy = '', x = ''] = names(node, onnx);
    const slope =
      stringOf(node.attributes, 'approximate') === 'none' ? exactGeluSlope(x, onnx) : tanhGeluSlope(x, onnx);
    onnx.define(node.outputs, 'Mul', [dy, slope]);
  },
};

/** d/dx of x * Phi(x): Phi(x) + x * phi(x). */
function exactGeluSlope(x: string, onnx: LoweringContext): string {
  const phi = onnx.emit('Exp', [onnx.emit('Mul', [onnx.emit('Mul', [x, x]), onnx.scalar(-0.5)])]);
  const density = onnx.emit('Mul', [onnx.emit('Mul', [x, onnx.scalar(1 / Math.sqrt(2 * Math.PI))]), phi]);
  const erf = onnx.emit('Erf', [onnx.emit('Mul', [x, onnx.scalar(1 / SQRT_2)])]);
  const cumulative = onnx.emit('Mul', [onnx.emit('Add', [erf, onnx.scalar(1)]), onnx.scalar(0.5)]);
  return onnx.emit('Add', [cumulative, density]);
}

/** With s = sigmoid(2u) and u the argument of tanh: s + x * s * (1 - s) * 2u'. Six passes fewer than by tanh. */
function tanhGeluSlope(x: string, onnx: LoweringContext): string {
  const a = 2 * SQRT_2_OVER_PI;
  const square = onnx.emit('Mul', [x, x]);
  const cubic = onnx.emit('Mul', [square, onnx.scalar(a * GELU_CUBIC)]);
  const s = onnx.emit('Sigmoid', [onnx.emit('Mul', [onnx.emit('Add', [cubic, onnx.scalar(a)]), x])]);
  const slope = onnx.emit('Mul', [onnx.emit('Add', [onnx.emit('Mul', [cubic, onnx.scalar(3)]), onnx.scalar(a)]), x]);
  const bell = onnx.emit('Sub', [s, onnx.emit('Mul', [s, s])]);
  return onnx.emit('Add', [s, onnx.emit('Mul', [slope, bell])]);
}

function names(node: GraphNode, onnx: LoweringContext): string[] {
  return node.inputs.map((input) => onnx.nameOf(input));
}
