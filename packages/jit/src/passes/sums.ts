import { isSameShape, sizeOf, type Value } from '../graph.ts';
import { axesOf } from '../kernels/definition.ts';
import { paddingsOf } from '../kernels/layout.ts';
import { producerOfKind, type RewriteRule, type Rewriter } from './rewrite.ts';

/** sum(x * x) over everything: one pass over memory, and no squares are stored. */
export const sumSquares: RewriteRule = (node, rewriter) => {
  const [x] = node.inputs;
  const [y] = node.outputs;
  if (
    node.kernel !== 'Sum' ||
    x === undefined ||
    y?.shape.length !== 0 ||
    axesOf(x, node.attributes).length !== x.shape.length
  )
    return undefined;
  const square = rewriter.producerOf(x);
  const [a, b] = square?.inputs ?? [];
  if (a === undefined || !(square?.kernel === 'Square' || (square?.kernel === 'Multiply' && a === b))) return undefined;
  // The squares of a reshaped tensor are the squares of the tensor.
  const inner = producerOfKind(rewriter, a, 'Reshape')?.inputs[0] ?? a;
  return [rewriter.emit('SumOfSquares', [inner])];
};

/** The gradient of a table that is looked up and used otherwise too (tied embeddings): rows are added to what is there, not to zeros. */
export const addSegmentsInPlace: RewriteRule = (node, rewriter) => {
  if (node.kernel !== 'Add') return undefined;
  for (const [segments, base] of [node.inputs, node.inputs.toReversed()]) {
    const producer = producerOfKind(rewriter, segments, 'UnsortedSegmentSum');
    const [x, ids] = producer?.inputs ?? [];
    if (segments === undefined || base === undefined || x === undefined || ids === undefined) continue;
    if (rewriter.isUsedOnce(segments) && isSameShape(segments.shape, base.shape))
      return [rewriter.emit('SegmentSumOnto', [x, ids, base])];
  }
  return undefined;
};

/** The gradients of the slices of a tensor are padded with zeros and added by tfjs; side by side they are one concatenation. */
export const concatenatePaddedSums: RewriteRule = (node, rewriter) => {
  const [y] = node.outputs;
  if (node.kernel !== 'Add' || y === undefined) return undefined;
  const parts: PaddedPart[] = [];
  if (!collectParts(node.inputs, parts, rewriter)) return undefined;
  const axes = new Set(parts.map(({ axis }) => axis));
  const [axis] = axes;
  if (axis === undefined || axes.size > 1) return undefined;
  parts.sort((a, b) => a.begin - b.begin);
  let end = 0;
  for (const { begin, value } of parts) {
    if (begin !== end) return undefined;
    end += value.shape[axis] ?? 0;
  }
  if (end !== y.shape[axis]) return undefined;
  return [
    rewriter.emit(
      'Concat',
      parts.map(({ value }) => value),
      { axis },
    ),
  ];
};

interface PaddedPart {
  readonly value: Value;
  readonly axis: number;
  readonly begin: number;
}

/** Gathers the padded leaves of a tree of sums; false if there are others. */
function collectParts(inputs: readonly Value[], parts: PaddedPart[], rewriter: Rewriter): boolean {
  return inputs.every((input) => {
    if (!rewriter.isUsedOnce(input)) return false;
    const producer = rewriter.producerOf(input);
    if (producer?.kernel === 'Add') return collectParts(producer.inputs, parts, rewriter);
    const [value] = producer?.inputs ?? [];
    if (producer?.kernel !== 'PadV2' || value === undefined || (producer.attributes['constantValue'] ?? 0) !== 0)
      return false;
    const padded = paddingsOf(producer.attributes['paddings']).flatMap(([before, after], axis) =>
      before + after > 0 ? [{ axis, begin: before }] : [],
    );
    const [only] = padded;
    if (only === undefined || padded.length > 1 || sizeOf(value.shape) === 0) return false;
    parts.push({ value, ...only });
    return true;
  });
}
