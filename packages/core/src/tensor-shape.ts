import * as tf from '@tensorflow/tfjs';
import { assert, ShapeError } from './errors.ts';

/** The shape of a tensor of known rank. */
export interface Shape {
  0: [];
  1: [number];
  2: [number, number];
  3: [number, number, number];
  4: [number, number, number, number];
}

/** Whether a value is a tfjs tensor. */
export function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}

/**
 * The shape of a tensor whose rank is known, for destructuring: `const [B, T] = shapeOf(inputIds, 2, 'GptModel: inputIds')`.
 *
 * @param where names the tensor in the error.
 * @throws {ShapeError} when the tensor has another rank.
 */
export function shapeOf<Rank extends keyof Shape>(tensor: tf.Tensor, rank: Rank, where: string): Shape[Rank] {
  if (!hasRank(tensor.shape, rank)) {
    throw new ShapeError({
      message: `${where} must have ${rank} axes, got shape [${(tensor.shape as number[]).join(', ')}].`,
      hint: 'Reshape it.',
    });
  }
  return tensor.shape;
}

function hasRank<Rank extends keyof Shape>(shape: number[], rank: Rank): shape is Shape[Rank] & number[] {
  return shape.length === rank;
}

/** The tensor at a position of a list that is known to hold it, as the outputs of a kernel. */
export function tensorAt(tensors: readonly tf.Tensor[], position: number): tf.Tensor {
  const tensor = tensors[position];
  assert(tensor !== undefined, `There is no tensor at position ${position}.`);
  return tensor;
}

/** The tensor of a list that holds one. */
export function theOnly(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tensorAt(tensors, 0);
}
