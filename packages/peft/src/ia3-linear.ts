import * as tf from '@tensorflow/tfjs';
import {
  ones,
  shapeOf,
  withParameters,
  type Linear,
  type LinearLayer,
  type ParameterMap,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterLayer } from './adapter-layer.ts';

/** What a vector of IA3 scales: the `output` of a projection of attention, the `input` of a feed-forward network's second layer. */
export type Ia3Side = 'input' | 'output';

/**
 * A linear layer whose input or output is scaled by a trained vector, which starts at one.
 *
 * The output is scaled after the bias, as in Hugging Face PEFT; the models of the paper have no biases.
 *
 * @see Liu et al. 2022, "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning", section 3.3.
 *   <https://arxiv.org/abs/2205.05638>
 */
export class Ia3Linear implements LinearLayer, AdapterLayer {
  readonly base: Linear;
  /** [in] or [out]. */
  readonly vector: tf.Tensor;
  readonly side: Ia3Side;

  constructor(base: Linear, side: Ia3Side, source: ParameterSource) {
    const [inputSize, outputSize] = shapeOf(base.weight, 2, 'IA3: weight');
    this.base = base;
    this.vector = source.get('vector', [side === 'input' ? inputSize : outputSize], ones);
    this.side = side;
  }

  /** @param x [..., in]; returns [..., out]. */
  forward(x: tf.Tensor): tf.Tensor {
    return this.side === 'input'
      ? this.base.forward(tf.mul(x, this.vector))
      : tf.mul(this.base.forward(x), this.vector);
  }

  merged(): Linear {
    const { weight, bias } = this.base;
    if (this.side === 'input') {
      return withParameters(this.base, { weight: tf.tidy(() => tf.mul(weight, tf.expandDims(this.vector, 1))) });
    }
    const scaled: ParameterMap = {
      weight: tf.mul(weight, this.vector),
      ...(bias && { bias: tf.mul(bias, this.vector) }),
    };
    return withParameters(this.base, scaled);
  }
}
