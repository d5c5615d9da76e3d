import { isSameShape, sizeOf, type GraphNode, type Value } from '../graph.ts';
import { booleanOf, numberOf, numbersOf } from '../kernels/definition.ts';
import { producerOfKind, uniformValueOf, type RewriteRule, type Rewriter } from './rewrite.ts';

/** A product takes transposes of the last two axes and a factor for free. */
export const foldIntoProducts: RewriteRule = (node, rewriter) => {
  const [a, b] = node.inputs;
  if (node.kernel !== 'BatchMatMul' || a === undefined || b === undefined) return undefined;
  const left = untransposed(a, rewriter);
  if (left !== undefined)
    return emitProduct(node, { a: left, transposeA: !booleanOf(node.attributes, 'transposeA') }, rewriter);
  const right = untransposed(b, rewriter);
  if (right !== undefined)
    return emitProduct(node, { b: right, transposeB: !booleanOf(node.attributes, 'transposeB') }, rewriter);
  const scaledLeft = unscaled(a, rewriter);
  if (scaledLeft !== undefined) return emitProduct(node, { a: scaledLeft.value, factor: scaledLeft.factor }, rewriter);
  const scaledRight = unscaled(b, rewriter);
  if (scaledRight !== undefined)
    return emitProduct(node, { b: scaledRight.value, factor: scaledRight.factor }, rewriter);
  return undefined;
};

interface ProductChange {
  readonly a?: Value;
  readonly b?: Value;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly factor?: number;
}

function emitProduct(
  node: GraphNode,
  { a, b, transposeA, transposeB, factor = 1 }: ProductChange,
  rewriter: Rewriter,
): Value[] {
  const [oldA, oldB] = node.inputs;
  const left = a ?? oldA;
  const right = b ?? oldB;
  if (left === undefined || right === undefined) return [];
  const attributes = {
    transposeA: transposeA ?? booleanOf(node.attributes, 'transposeA'),
    transposeB: transposeB ?? booleanOf(node.attributes, 'transposeB'),
    alpha: numberOf(node.attributes, 'alpha', 1) * factor,
  };
  return [rewriter.emit('BatchMatMul', [left, right], attributes)];
}

function untransposed(value: Value, rewriter: Rewriter): Value | undefined {
  const producer = producerOfKind(rewriter, value, 'Transpose');
  if (producer === undefined) return undefined;
  const perm = numbersOf(producer.attributes, 'perm');
  const rank = perm.length;
  const swapsLastTwo = perm.every(
    (axis, position) => axis === (position < rank - 2 ? position : 2 * rank - 3 - position),
  );
  return swapsLastTwo ? producer.inputs[0] : undefined;
}

function unscaled(value: Value, rewriter: Rewriter): { value: Value; factor: number } | undefined {
  const producer = producerOfKind(rewriter, value, 'Multiply');
  const [x, y] = producer?.inputs ?? [];
  if (x === undefined || y === undefined) return undefined;
  const right = uniformValueOf(rewriter, y);
  if (right !== undefined && isSameShape(x.shape, value.shape)) return { value: x, factor: right };
  const left = uniformValueOf(rewriter, x);
  return left !== undefined && isSameShape(y.shape, value.shape) ? { value: y, factor: left } : undefined;
}

/** A number times a product becomes a factor of the product, when nothing else reads the product. */
export const scaleProducts: RewriteRule = (node, rewriter) => {
  if (node.kernel !== 'Multiply') return undefined;
  const [y] = node.outputs;
  for (const [product, factor] of [node.inputs, node.inputs.toReversed()]) {
    const number = uniformValueOf(rewriter, factor);
    const producer = producerOfKind(rewriter, product, 'BatchMatMul');
    if (number === undefined || producer === undefined || product === undefined || y === undefined) continue;
    if (rewriter.isUsedOnce(product) && isSameShape(product.shape, y.shape))
      return emitProduct(producer, { factor: number }, rewriter);
  }
  return undefined;
};

/** Some rows of a product are the product of those rows: scores are computed for the tokens that are asked for. */
export const gatherBeforeProducts: RewriteRule = (node, rewriter) => {
  const [rows, indices] = node.inputs;
  if (node.kernel !== 'GatherV2' || numberOf(node.attributes, 'axis') !== 0) return undefined;
  if (rows?.shape.length !== 2 || indices === undefined || !rewriter.isUsedOnce(rows)) return undefined;
  if (sizeOf(indices.shape) >= (rows.shape[0] ?? 0) || indices.shape.length !== 1) return undefined;
  const product = ['BatchMatMul', 'AffineProduct'].includes(rewriter.producerOf(rows)?.kernel ?? '')
    ? rewriter.producerOf(rows)
    : undefined;
  const [a, ...others] = product?.inputs ?? [];
  if (product === undefined || a?.shape.length !== 2 || booleanOf(product.attributes, 'transposeA')) return undefined;
  const gathered = rewriter.emit('GatherV2', [a, indices], node.attributes);
  return [rewriter.emit(product.kernel, [gathered, ...others], product.attributes)];
};

/** A row added to each row of a product of matrices, even through a reshape, as `linear` does it. */
export const addBiasInProducts: RewriteRule = (node, rewriter) => {
  if (node.kernel !== 'Add') return undefined;
  const [y] = node.outputs;
  for (const [sum, bias] of [node.inputs, node.inputs.toReversed()]) {
    if (sum === undefined || bias === undefined || y === undefined || !isSameShape(sum.shape, y.shape)) continue;
    if (sizeOf(bias.shape) !== bias.shape.at(-1) || bias.shape.at(-1) !== y.shape.at(-1) || y.shape.length < 2)
      continue;
    if (!rewriter.isUsedOnce(sum)) continue;
    const reshape = producerOfKind(rewriter, sum, 'Reshape');
    const flat = reshape === undefined ? sum : reshape.inputs[0];
    const product = producerOfKind(rewriter, flat, 'BatchMatMul');
    const [a, b] = product?.inputs ?? [];
    if (
      product === undefined ||
      a === undefined ||
      b === undefined ||
      flat?.shape.length !== 2 ||
      !rewriter.isUsedOnce(flat)
    )
      continue;
    if (flat.shape[1] !== y.shape.at(-1) || numberOf(product.attributes, 'alpha', 1) !== 1) continue;
    const row = bias.shape.length === 1 ? bias : rewriter.emit('Reshape', [bias], { shape: [flat.shape[1] ?? 1] });
    const affine = rewriter.emit('AffineProduct', [a, b, row], product.attributes);
    return [isSameShape(affine.shape, y.shape) ? affine : rewriter.emit('Reshape', [affine], { shape: y.shape })];
  }
  return undefined;
};
