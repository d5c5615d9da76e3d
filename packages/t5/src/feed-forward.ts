import * as tf from '@tensorflow/tfjs';
import {
  ACTIVATIONS,
  dropout,
  Linear,
  within,
  type Activation,
  type ForwardOptions,
  type LinearLayer,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { T5Config } from './config.ts';
import { fanNormal } from './initializers.ts';

/**
 * Position-wise feed-forward network without biases: `down(activation(up(x)))` in v1.0, `down(activation(gate(x)) * up(x))` in v1.1.
 *
 * @see Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section 2.1.
 *   <https://arxiv.org/abs/1910.10683>
 * @see Shazeer 2020, "GLU Variants Improve Transformer", equation 6 (GEGLU). <https://arxiv.org/abs/2002.05202>
 */
export class T5FeedForward implements Module {
  /** Undefined in v1.0. */
  readonly gate: LinearLayer | undefined;
  readonly up: LinearLayer;
  readonly down: LinearLayer;
  readonly activation: Activation;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    const { hiddenSize, intermediateSize, isGated, activation } = config;
    const inward = { hasBias: false, initializer: fanNormal(config, hiddenSize) };
    this.gate = isGated ? new Linear(hiddenSize, intermediateSize, source.at('gate'), inward) : undefined;
    this.up = new Linear(hiddenSize, intermediateSize, source.at('up'), inward);
    this.down = new Linear(intermediateSize, hiddenSize, source.at('down'), {
      hasBias: false,
      initializer: fanNormal(config, intermediateSize),
    });
    this.activation = activation;
    this.dropout = config.dropout;
  }

  /** @param x [B, T, D]; returns [B, T, D]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const activate = ACTIVATIONS[this.activation];
    const up = this.up.forward(x, within(options, 'up')); // [B, T, F]
    const intermediate =
      this.gate === undefined ? activate(up) : tf.mul(activate(this.gate.forward(x, within(options, 'gate'))), up);
    const kept = dropout(intermediate, this.dropout, within(options, 'intermediate').key);
    return this.down.forward(kept, within(options, 'down'));
  }
}
