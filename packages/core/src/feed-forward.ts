import type * as tf from '@tensorflow/tfjs';
import { ACTIVATIONS, type Activation } from './activations.ts';
import { within, type ForwardOptions } from './forward-options.ts';
import type { Initializer } from './initializers.ts';
import { Linear, type LinearLayer } from './linear.ts';
import type { Module } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';

/** Sizes and settings of {@link FeedForward}. */
export interface FeedForwardConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly activation: Activation;
  /** First values of `up`. Default: those of `Linear`. */
  readonly initializer?: Initializer;
  /** First values of `down`. Default: those of `Linear`. */
  readonly outputInitializer?: Initializer;
}

/**
 * Position-wise feed-forward network: `down(activation(up(x)))`.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need", section 3.3, equation 2. <https://arxiv.org/abs/1706.03762>
 */
export class FeedForward implements Module {
  readonly up: LinearLayer;
  readonly down: LinearLayer;
  readonly activation: Activation;

  constructor(config: FeedForwardConfig, source: ParameterSource) {
    const { hiddenSize, intermediateSize, activation, initializer, outputInitializer } = config;
    this.up = new Linear(hiddenSize, intermediateSize, source.at('up'), { ...(initializer && { initializer }) });
    this.down = new Linear(intermediateSize, hiddenSize, source.at('down'), {
      ...(outputInitializer && { initializer: outputInitializer }),
    });
    this.activation = activation;
  }

  /** @param x [B, T, D]; returns [B, T, D]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const intermediate = ACTIVATIONS[this.activation](this.up.forward(x, within(options, 'up')));
    return this.down.forward(intermediate, within(options, 'down'));
  }
}
