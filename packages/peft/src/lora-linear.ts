import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  multiplyLastAxis,
  shapeOf,
  uniform,
  within,
  withParameters,
  zeros,
  type ForwardOptions,
  type Linear,
  type LinearLayer,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterLayer } from './adapter-layer.ts';

/** Settings of one low-rank update. */
export interface LowRank {
  /** r. */
  readonly rank: number;
  /** Factor of the update: alpha / r, or alpha / sqrt(r) (rsLoRA). */
  readonly scale: number;
  /** Share of the update's input that is dropped where a key is given. */
  readonly dropout: number;
}

/**
 * A linear layer and a low-rank update of its weight: `W x + b + s B A x`.
 *
 * Legend: W the weight of `base`, A `loraA`, B `loraB`, s `scale`. Matrices are [in, out] here, so the products are written in the other order. It starts as
 * the base alone, because B is zero.
 *
 * @see Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1. <https://arxiv.org/abs/2106.09685>
 */
export class LoraLinear implements LinearLayer, AdapterLayer {
  readonly base: Linear;
  /** [in, r]. */
  readonly loraA: tf.Tensor;
  /** [r, out]. */
  readonly loraB: tf.Tensor;
  readonly scale: number;
  readonly dropout: number;

  constructor(base: Linear, config: LowRank, source: ParameterSource) {
    const { loraA, loraB } = lowRankMatrices(base, config.rank, source);
    this.base = base;
    this.loraA = loraA;
    this.loraB = loraB;
    this.scale = config.scale;
    this.dropout = config.dropout;
  }

  /** @param x [..., in]; returns [..., out]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const dropped = dropout(x, this.dropout, within(options, 'dropout').key);
    return tf.add(this.base.forward(x), lowRankUpdate(dropped, this));
  }

  merged(): Linear {
    return withParameters(this.base, { weight: tf.tidy(() => tf.add(this.base.weight, weightUpdate(this))) });
  }
}

/** What an update consists of. */
interface LowRankUpdate {
  readonly loraA: tf.Tensor;
  readonly loraB: tf.Tensor;
  readonly scale: number;
}

/** First values as in the authors' code: A as PyTorch's `Linear` (uniform up to 1 / sqrt(in)), B zero. */
export function lowRankMatrices(
  { weight }: Linear,
  rank: number,
  source: ParameterSource,
): Pick<LowRankUpdate, 'loraA' | 'loraB'> {
  const [inputSize, outputSize] = shapeOf(weight, 2, 'LoRA: weight');
  return {
    loraA: source.get('loraA', [inputSize, rank], uniform(1 / Math.sqrt(inputSize))),
    loraB: source.get('loraB', [rank, outputSize], zeros),
  };
}

/** x [..., in] -> `s B A x`, [..., out]. */
export function lowRankUpdate(x: tf.Tensor, { loraA, loraB, scale }: LowRankUpdate): tf.Tensor {
  return tf.mul(multiplyLastAxis(multiplyLastAxis(x, loraA), loraB), scale);
}

/** `s B A` as a matrix of the weight's shape. */
export function weightUpdate({ loraA, loraB, scale }: LowRankUpdate): tf.Tensor {
  return tf.mul(tf.matMul(loraA, loraB), scale);
}
