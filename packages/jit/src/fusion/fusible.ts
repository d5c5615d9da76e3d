import { isSameShape, type GraphNode, type Value } from '../graph.ts';
import { axesOf } from '../kernels/definition.ts';
import type { RowInput } from '../native-code/row-program.ts';
import { frameOf, layoutOf, type Frame } from './operand-layout.ts';
import { isFusibleCast, ROW_LOWERINGS } from './row-lowerings.ts';

/** How a node takes part in a fused loop. */
export interface FusiblePart {
  readonly frame: Frame;
  /** For each input, where its elements lie. */
  readonly operands: readonly Operand[];
  /** For each output, how it is written if it leaves the loop. */
  readonly outputs: readonly ('full' | 'perRow' | 'columnSums')[];
}

export interface Operand {
  readonly value: Value;
  readonly input: RowInput;
}

/** A node's part in a fused loop, or `undefined` if it has none. */
export function fusiblePartOf(node: GraphNode): FusiblePart | undefined {
  if (ROW_LOWERINGS[node.kernel] === undefined) return undefined;
  const [x] = node.inputs;
  const [y] = node.outputs;
  if (y === undefined) return undefined;
  switch (node.kernel) {
    case 'Sum':
    case 'Mean':
    case 'Max':
      return x === undefined ? undefined : reduction(node, x);
    case 'LayerNormalization':
      return withOperands(node, y.shape, ['full', 'perRow', 'perRow']);
    case 'LayerNormalizationGrad':
      return withOperands(node, y.shape, ['full', 'columnSums', 'columnSums']);
    case 'RmsNormalization':
      return withOperands(node, y.shape, ['full', 'perRow']);
    case 'RmsNormalizationGrad':
      return withOperands(node, y.shape, ['full', 'columnSums']);
    case 'SoftmaxCrossEntropy':
      return x === undefined ? undefined : crossEntropy(node, x.shape, ['perRow', 'perRow']);
    case 'SoftmaxCrossEntropyGrad':
      return crossEntropy(node, y.shape, ['full']);
    case 'RandomBits':
    case 'RandomUniform':
      return random(node, y.shape);
    case 'Cast':
      return isFusibleCast(node) ? withOperands(node, y.shape, ['full']) : undefined;
    default:
      return y.dtype === 'int32' ? undefined : withOperands(node, y.shape, ['full']);
  }
}

function reduction(node: GraphNode, x: Value): FusiblePart | undefined {
  const rank = x.shape.length;
  const axes = axesOf(x, node.attributes);
  if (x.dtype !== 'float32' || rank < 2) return undefined;
  const operands = [{ value: x, input: { type: x.dtype, layout: 'full' } as const }];
  if (isSameShape(axes, [rank - 1])) return { frame: frameOf(x.shape), operands, outputs: ['perRow'] };
  const isOverRows =
    node.kernel === 'Sum' &&
    isSameShape(
      axes,
      Array.from({ length: rank - 1 }, (_, axis) => axis),
    );
  return isOverRows ? { frame: frameOf(x.shape), operands, outputs: ['columnSums'] } : undefined;
}

/** The labels and weights [N] of logits [N, V] belong to rows, which broadcasting does not say. */
function crossEntropy(
  node: GraphNode,
  shape: readonly number[],
  outputs: FusiblePart['outputs'],
): FusiblePart | undefined {
  const operands: readonly (Operand | undefined)[] = node.inputs.map((value) => {
    if (value.shape.length === 1 && value.shape[0] === shape[0])
      return { value, input: { type: value.dtype, layout: 'perRow' } };
    const input = layoutOf(value, shape);
    return input && { value, input };
  });
  return complete(operands) ? { frame: frameOf(shape), operands, outputs } : undefined;
}

function withOperands(
  node: GraphNode,
  shape: readonly number[],
  outputs: FusiblePart['outputs'],
): FusiblePart | undefined {
  if (shape.length === 0) return undefined;
  const operands: readonly (Operand | undefined)[] = node.inputs.map((value) => {
    const input = layoutOf(value, shape);
    return input && { value, input };
  });
  // A loop in which nothing is full would only repeat itself.
  if (!complete(operands)) return undefined;
  if (operands.every(({ input }) => input.layout !== 'full')) return undefined;
  return { frame: frameOf(shape), operands, outputs };
}

/** Random kernels have a row form once their key is two words, see `splitRandomRoots`. */
function random(node: GraphNode, shape: readonly number[]): FusiblePart | undefined {
  if (node.inputs.length !== 2) return undefined;
  const operands = node.inputs.map((value) => ({ value, input: { type: value.dtype, layout: 'scalar' } as const }));
  return { frame: frameOf(shape), operands, outputs: ['full'] };
}

function complete(operands: readonly (Operand | undefined)[]): operands is readonly Operand[] {
  return operands.every((operand) => operand !== undefined);
}
