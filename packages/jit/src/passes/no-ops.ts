import { isSameShape, type ElementArray, type ElementType, type GraphNode, type Value } from '../graph.ts';
import { axesOf, elementTypeOf, numberOf, numbersOf } from '../kernels/definition.ts';
import { producerOfKind, uniformValueOf, type RewriteRule, type Rewriter } from './rewrite.ts';

/** Nodes that give back their input: tfjs emits about one of these for every node that computes. */
export const removeNoOps: RewriteRule = (node, rewriter) => {
  const [x] = node.inputs;
  const [y] = node.outputs;
  if (x === undefined || y === undefined || node.outputs.length > 1) return undefined;
  return isNoOp(node, x, y, rewriter) ? [x] : undefined;
};

function isNoOp(node: GraphNode, x: Value, y: Value, rewriter: Rewriter): boolean {
  switch (node.kernel) {
    case 'Reshape':
    case 'ExpandDims':
    case 'Slice':
    case 'Tile':
    case 'BroadcastTo':
    case 'PadV2':
      return isSameShape(x.shape, y.shape);
    case 'Cast':
      return x.dtype === y.dtype;
    case 'Concat':
    case 'AddN':
      return node.inputs.length === 1;
    case 'Transpose':
      return numbersOf(node.attributes, 'perm').every((axis, position) => axis === position);
    case 'Sum':
    case 'Mean':
    case 'Max':
    case 'Min':
      return isSameShape(x.shape, y.shape) && axesOf(x, node.attributes).every((axis) => x.shape[axis] === 1);
    case 'Multiply':
    case 'RealDiv':
      return isSameShape(x.shape, y.shape) && uniformValueOf(rewriter, node.inputs[1]) === 1;
    case 'Sub':
      return isSameShape(x.shape, y.shape) && uniformValueOf(rewriter, node.inputs[1]) === 0;
    default:
      return false;
  }
}

/** `1 * x` and `0 + x`, either way round. */
export const removeNeutralElements: RewriteRule = (node, rewriter) => {
  const [a, b] = node.inputs;
  const [y] = node.outputs;
  if (a === undefined || b === undefined || y === undefined) return undefined;
  const neutral = node.kernel === 'Multiply' ? 1 : node.kernel === 'Add' ? 0 : undefined;
  if (neutral === undefined) return undefined;
  if (uniformValueOf(rewriter, a) === neutral && isSameShape(b.shape, y.shape)) return [b];
  if (uniformValueOf(rewriter, b) === neutral && isSameShape(a.shape, y.shape)) return [a];
  return undefined;
};

/** A reshape of a reshape. ExpandDims is one too. */
export const mergeReshapes: RewriteRule = (node, rewriter) => {
  const [x] = node.inputs;
  const [y] = node.outputs;
  if (x === undefined || y === undefined || (node.kernel !== 'Reshape' && node.kernel !== 'ExpandDims'))
    return undefined;
  const inner = producerOfKind(rewriter, x, 'Reshape')?.inputs[0];
  if (inner !== undefined)
    return isSameShape(inner.shape, y.shape) ? [inner] : [rewriter.emit('Reshape', [inner], { shape: y.shape })];
  return node.kernel === 'ExpandDims' ? [rewriter.emit('Reshape', [x], { shape: y.shape })] : undefined;
};

/** A transpose of a transpose. */
export const mergeTransposes: RewriteRule = (node, rewriter) => {
  if (node.kernel !== 'Transpose') return undefined;
  const inner = producerOfKind(rewriter, node.inputs[0], 'Transpose');
  const [x] = inner?.inputs ?? [];
  if (inner === undefined || x === undefined) return undefined;
  const first = numbersOf(inner.attributes, 'perm');
  return [
    rewriter.emit('Transpose', [x], { perm: numbersOf(node.attributes, 'perm').map((axis) => first[axis] ?? axis) }),
  ];
};

/** Kernels whose result is one number everywhere become constants of four bytes. */
export const makeUniformConstants: RewriteRule = (node, rewriter) => {
  const [y] = node.outputs;
  if (y === undefined) return undefined;
  const value = uniformResult(node, rewriter);
  return value === undefined
    ? undefined
    : [rewriter.constant(y, { values: elementsOf(y.dtype, value), isUniform: true })];
};

function uniformResult(node: GraphNode, rewriter: Rewriter): number | undefined {
  switch (node.kernel) {
    case 'Fill':
      return numberOf(node.attributes, 'value');
    case 'ZerosLike':
      return 0;
    case 'OnesLike':
      return 1;
    case 'Reshape':
    case 'ExpandDims':
    case 'Transpose':
    case 'Tile':
    case 'BroadcastTo':
    case 'Slice':
      return uniformValueOf(rewriter, node.inputs[0]);
    case 'Cast': {
      const value = uniformValueOf(rewriter, node.inputs[0]);
      return value !== undefined && elementTypeOf(node.attributes, 'dtype') === 'float32' ? value : undefined;
    }
    default:
      return undefined;
  }
}

function elementsOf(dtype: ElementType, value: number): ElementArray {
  switch (dtype) {
    case 'float32':
      return Float32Array.of(value);
    case 'int32':
      return Int32Array.of(value);
    case 'bool':
      return Uint8Array.of(value);
  }
}

/** An elementwise operand that is one number everywhere needs no memory: as a scalar it is broadcast. */
export const shrinkUniformOperands: RewriteRule = (node, rewriter) => {
  const [a, b] = node.inputs;
  const [y] = node.outputs;
  if (a === undefined || b === undefined || y === undefined || !BROADCASTING.has(node.kernel)) return undefined;
  const shrink = (operand: Value, other: Value): Value | undefined => {
    const constant = rewriter.constantOf(operand);
    if (constant?.isUniform !== true || operand.shape.length === 0 || !isSameShape(other.shape, y.shape))
      return undefined;
    return rewriter.constant({ shape: [], dtype: operand.dtype }, constant);
  };
  const left = shrink(a, b);
  const right = left === undefined ? shrink(b, a) : undefined;
  if (left === undefined && right === undefined) return undefined;
  return [rewriter.emit(node.kernel, [left ?? a, right ?? b], node.attributes)];
};

/** Elementwise kernels broadcast by themselves: an operand need not be spread out before, as `tf.where` does with its condition. */
export const skipBroadcasts: RewriteRule = (node, rewriter) => {
  const [y] = node.outputs;
  if (y === undefined || !(BROADCASTING.has(node.kernel) || node.kernel === 'Select')) return undefined;
  const sources = node.inputs.map((input) => broadcastSource(input, rewriter));
  const index = sources.findIndex((source) => source !== undefined);
  const source = sources[index];
  const isShapedByOthers = node.inputs.some(
    (other, position) => position !== index && isSameShape(other.shape, y.shape),
  );
  if (source === undefined || !isShapedByOthers) return undefined;
  const inputs = node.inputs.map((input, position) => (position === index ? source : input));
  return [rewriter.emit(node.kernel, inputs, node.attributes)];
};

/** What a value is spread out from. tfjs's `broadcastTo` is a tile along axes of length 1. */
function broadcastSource(value: Value, rewriter: Rewriter): Value | undefined {
  const producer = rewriter.producerOf(value);
  const [source] = producer?.inputs ?? [];
  if (producer?.kernel === 'BroadcastTo') return source;
  if (producer?.kernel !== 'Tile' || source === undefined) return undefined;
  const isBroadcast = source.shape.every((length, axis) => length === 1 || length === value.shape[axis]);
  return isBroadcast ? source : undefined;
}

const BROADCASTING: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Maximum',
  'Minimum',
  'Pow',
  'SquaredDifference',
  'FloorDiv',
  'Mod',
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
]);
