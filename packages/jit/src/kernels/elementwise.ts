import { at, broadcastShape, elementTypeOf, type KernelDefinition } from './definition.ts';

const unary: KernelDefinition = { inputs: ['x'], infer: (inputs) => [at(inputs, 0)] };
const unaryPredicate: KernelDefinition = {
  inputs: ['x'],
  infer: (inputs) => [{ shape: at(inputs, 0).shape, dtype: 'bool' }],
};
const binary: KernelDefinition = {
  inputs: ['a', 'b'],
  infer: (inputs) => [{ shape: broadcastShape(at(inputs, 0).shape, at(inputs, 1).shape), dtype: at(inputs, 0).dtype }],
};
const comparison: KernelDefinition = {
  inputs: ['a', 'b'],
  infer: (inputs) => [{ shape: broadcastShape(at(inputs, 0).shape, at(inputs, 1).shape), dtype: 'bool' }],
};

/** The names in {@link ELEMENTWISE}. */
export type ElementwiseKernel =
  | 'Abs'
  | 'Ceil'
  | 'ClipByValue'
  | 'Cos'
  | 'Elu'
  | 'Erf'
  | 'Exp'
  | 'Expm1'
  | 'Floor'
  | 'LeakyRelu'
  | 'Log'
  | 'Log1p'
  | 'Neg'
  | 'Reciprocal'
  | 'Relu'
  | 'Relu6'
  | 'Round'
  | 'Rsqrt'
  | 'Selu'
  | 'Sigmoid'
  | 'Sign'
  | 'Sin'
  | 'Softplus'
  | 'Sqrt'
  | 'Square'
  | 'Step'
  | 'Tanh'
  | 'Gelu'
  | 'GeluGrad'
  | 'EluGrad'
  | 'Add'
  | 'FloorDiv'
  | 'Maximum'
  | 'Minimum'
  | 'Mod'
  | 'Multiply'
  | 'Pow'
  | 'RealDiv'
  | 'SquaredDifference'
  | 'Sub'
  | 'Equal'
  | 'Greater'
  | 'GreaterEqual'
  | 'Less'
  | 'LessEqual'
  | 'LogicalAnd'
  | 'LogicalOr'
  | 'NotEqual'
  | 'IsFinite'
  | 'IsInf'
  | 'IsNan'
  | 'LogicalNot'
  | 'AddN'
  | 'Cast'
  | 'Select';

/** Kernels that treat each element by itself. */
export const ELEMENTWISE: Readonly<Record<ElementwiseKernel, KernelDefinition>> = {
  Abs: unary,
  Ceil: unary,
  ClipByValue: unary,
  Cos: unary,
  Elu: unary,
  Erf: unary,
  Exp: unary,
  Expm1: unary,
  Floor: unary,
  LeakyRelu: unary,
  Log: unary,
  Log1p: unary,
  Neg: unary,
  Reciprocal: unary,
  Relu: unary,
  Relu6: unary,
  Round: unary,
  Rsqrt: unary,
  Selu: unary,
  Sigmoid: unary,
  Sign: unary,
  Sin: unary,
  Softplus: unary,
  Sqrt: unary,
  Square: unary,
  Step: unary,
  Tanh: unary,

  Gelu: unary,
  GeluGrad: { inputs: ['dy', 'x'], infer: (inputs) => [at(inputs, 0)] },
  EluGrad: { inputs: ['dy', 'y'], infer: (inputs) => [at(inputs, 0)] },

  Add: binary,
  // tfjs gives integers even for floats.
  FloorDiv: {
    inputs: ['a', 'b'],
    infer: (inputs) => [{ shape: broadcastShape(at(inputs, 0).shape, at(inputs, 1).shape), dtype: 'int32' }],
  },
  Maximum: binary,
  Minimum: binary,
  Mod: binary,
  Multiply: binary,
  Pow: binary,
  RealDiv: binary,
  SquaredDifference: binary,
  Sub: binary,

  Equal: comparison,
  Greater: comparison,
  GreaterEqual: comparison,
  Less: comparison,
  LessEqual: comparison,
  LogicalAnd: comparison,
  LogicalOr: comparison,
  NotEqual: comparison,
  IsFinite: unaryPredicate,
  IsInf: unaryPredicate,
  IsNan: unaryPredicate,
  LogicalNot: unaryPredicate,

  AddN: { inputs: 'list', infer: (inputs) => [at(inputs, 0)] },
  Cast: {
    inputs: ['x'],
    infer: (inputs, attributes) => [{ shape: at(inputs, 0).shape, dtype: elementTypeOf(attributes, 'dtype') }],
  },
  Select: {
    inputs: ['condition', 't', 'e'],
    infer: (inputs) => {
      const [condition, t, e] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
      return [{ shape: broadcastShape(condition.shape, broadcastShape(t.shape, e.shape)), dtype: t.dtype }];
    },
  },
};
