import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  multiplyLastAxis,
  shapeOf,
  stopGradient,
  within,
  withParameters,
  type ForwardOptions,
  type Linear,
  type LinearLayer,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterLayer } from './adapter-layer.ts';
import { lowRankMatrices, lowRankUpdate, weightUpdate, type LowRank } from './lora-linear.ts';

/**
 * A linear layer whose weight is taken apart into direction and magnitude; a low-rank update turns the direction, and the magnitude is trained:
 * `(m / |W + s B A|) (W x + s B A x) + b`, with one norm and one magnitude per output.
 *
 * Legend as in {@link LoraLinear}; m `magnitude`. No gradient flows through the norm (section 4.3). It starts as the base alone.
 *
 * @see Liu et al. 2024, "DoRA: Weight-Decomposed Low-Rank Adaptation", equations 5 and 11. <https://arxiv.org/abs/2402.09353>
 */
export class DoraLinear implements LinearLayer, AdapterLayer {
  readonly base: Linear;
  /** [in, r]. */
  readonly loraA: tf.Tensor;
  /** [r, out]. */
  readonly loraB: tf.Tensor;
  /** [out]. */
  readonly magnitude: tf.Tensor;
  readonly scale: number;
  readonly dropout: number;

  constructor(base: Linear, config: LowRank, source: ParameterSource) {
    const [, outputSize] = shapeOf(base.weight, 2, 'DoRA: weight');
    const { loraA, loraB } = lowRankMatrices(base, config.rank, source);
    this.base = base;
    this.loraA = loraA;
    this.loraB = loraB;
    // B is zero at first, so the norm is that of the base.
    this.magnitude = source.get('magnitude', [outputSize], () =>
      Float32Array.from(tf.tidy(() => tf.norm(base.weight, 2, 0).dataSync())),
    );
    this.scale = config.scale;
    this.dropout = config.dropout;
  }

  /** @param x [..., in]; returns [..., out]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const { weight, bias } = this.base;
    const { key } = within(options, 'dropout');
    const ratio = this.ratio(); // [out]
    const dropped = dropout(x, this.dropout, key);
    const update = tf.mul(ratio, lowRankUpdate(dropped, this));
    // The base sees what was not dropped; the change of its magnitude sees what the update sees.
    const product = multiplyLastAxis(x, weight);
    const scaled =
      dropped === x
        ? tf.mul(ratio, product)
        : tf.add(product, tf.mul(tf.sub(ratio, 1), multiplyLastAxis(dropped, weight)));
    const sum = tf.add(scaled, update);
    return bias === undefined ? sum : tf.add(sum, bias);
  }

  merged(): Linear {
    const weight = tf.tidy(() => tf.mul(tf.add(this.base.weight, weightUpdate(this)), this.ratio()));
    return withParameters(this.base, { weight });
  }

  /** [out], by how much each output is longer than the turned weight. */
  private ratio(): tf.Tensor {
    const turned = stopGradient(tf.add(this.base.weight, weightUpdate(this)));
    return tf.div(this.magnitude, tf.sqrt(tf.sum(tf.square(turned), 0)));
  }
}
