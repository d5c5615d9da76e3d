import type * as tf from '@tensorflow/tfjs';
import { ACTIVATIONS, type Activation } from './activations.ts';
import { dropout } from './dropout.ts';
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
  /** Share of the intermediate values that is dropped where a key is given. Default: 0. */
  readonly activationDropout?: number;
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
  readonly activationDropout: number;

  constructor(config: FeedForwardConfig, source: ParameterSource) {
    const { hiddenSize, intermediateSize, activation, initializer, outputInitializer } = config;
    this.up = new Linear(hiddenSize, intermediateSize, source.at('up'), { ...(initializer && { initializer }) });
    this.down = new Linear(intermediateSize, hiddenSize, source.at('down'), {
      ...(outputInitializer && { initializer: outputInitializer }),
    });
    this.activation = activation;
    this.activationDropout = config.activationDropout ?? 0;
  }

  /** @param x [B, T, D]; returns [B, T, D]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const intermediate = ACTIVATIONS[this.activation](this.up.forward(x, within(options, 'up')));
    const kept = dropout(intermediate, this.activationDropout, within(options, 'intermediate').key);
    return this.down.forward(kept, within(options, 'down'));
  }
}
