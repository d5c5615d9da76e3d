import * as tf from '@tensorflow/tfjs';
import {
  ACTIVATIONS,
  Linear,
  normal,
  shapeOf,
  zeros,
  type Activation,
  type LinearLayer,
  type ParameterSource,
} from '@cloze/core';
import { notMergeable, type AdapterLayer } from './adapter-layer.ts';

/** Settings of one bottleneck. */
export interface Bottleneck {
  /** Width between the two projections. */
  readonly size: number;
  readonly activation: Activation;
}

/**
 * The last layer of a block, and a small network behind it with a residual connection: `y + up(activation(down(y)))` for `y = base(x)`.
 *
 * It starts as the base alone: `up` is zero. The papers begin near the identity, with a normal of standard deviation 0.01.
 *
 * @see Houlsby et al. 2019, "Parameter-Efficient Transfer Learning for NLP", section 2.1. <https://arxiv.org/abs/1902.00751>
 */
export class BottleneckLinear implements LinearLayer, AdapterLayer {
  readonly base: Linear;
  readonly down: Linear;
  readonly up: Linear;
  readonly activation: Activation;

  constructor(base: Linear, { size, activation }: Bottleneck, source: ParameterSource) {
    const [, hiddenSize] = shapeOf(base.weight, 2, 'Adapter: weight');
    this.base = base;
    this.down = new Linear(hiddenSize, size, source.at('down'), { initializer: normal(0.01) });
    this.up = new Linear(size, hiddenSize, source.at('up'), { initializer: zeros });
    this.activation = activation;
  }

  /** @param x [..., in]; returns [..., D]. */
  forward(x: tf.Tensor): tf.Tensor {
    const y = this.base.forward(x);
    return tf.add(y, this.up.forward(ACTIVATIONS[this.activation](this.down.forward(y))));
  }

  merged(): never {
    throw notMergeable('Bottleneck adapters', 'no single linear layer computes the same');
  }
}
