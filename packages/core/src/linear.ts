import * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from './forward-options.ts';
import { normal, zeros, type Initializer } from './initializers.ts';
import type { Module } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';

/** Settings of {@link Linear}. */
export interface LinearOptions {
  /** First values of the weight. Default: normal with standard deviation 0.02, as in BERT and GPT. */
  readonly initializer?: Initializer;
  /** Whether there is a bias. Default: true. */
  readonly hasBias?: boolean;
}

/** An affine map of the last axis: `x @ weight + bias`. What PEFT methods wrap: they implement {@link LinearLayer}. */
export class Linear implements LinearLayer {
  /** [in, out], the transpose of what PyTorch's `Linear` holds. */
  readonly weight: tf.Tensor;
  /** [out], or undefined. */
  readonly bias: tf.Tensor | undefined;

  constructor(
    inputSize: number,
    outputSize: number,
    source: ParameterSource,
    { initializer = normal(0.02), hasBias = true }: LinearOptions = {},
  ) {
    this.weight = source.get('weight', [inputSize, outputSize], initializer);
    this.bias = hasBias ? source.get('bias', [outputSize], zeros) : undefined;
  }

  /** @param x [..., in]; returns [..., out]. */
  forward(x: tf.Tensor): tf.Tensor {
    const product = multiplyLastAxis(x, this.weight);
    return this.bias === undefined ? product : tf.add(product, this.bias);
  }
}

/** What takes the place of a {@link Linear}. */
export interface LinearLayer extends Module {
  /** @param x [..., in]; returns [..., out]. `Linear` itself has nothing to drop out. */
  forward(x: tf.Tensor, options?: ForwardOptions): tf.Tensor;
}

/**
 * `x @ matrix` (or `x @ matrix^T`) over the last axis of x, whatever its rank: flattened to rank 2, because tfjs's gradient of a product of rank 3
 * by rank 2 throws.
 *
 * @param x [..., in].
 * @param matrix [in, out], or [out, in] if `transpose`.
 * @returns [..., out].
 */
export function multiplyLastAxis(
  x: tf.Tensor,
  matrix: tf.Tensor,
  { transpose = false }: { readonly transpose?: boolean } = {},
): tf.Tensor {
  const leading = x.shape.slice(0, -1);
  const flat = tf.reshape(x, [-1, x.shape.at(-1) ?? 1]);
  const product = tf.matMul(flat, matrix, false, transpose);
  return tf.reshape(product, [...leading, product.shape.at(-1) ?? 1]);
}
