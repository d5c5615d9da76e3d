import type * as tf from '@tensorflow/tfjs';
import { dropout, normal, within, type ForwardOptions, type Linear, type ParameterSource } from '@cloze/core';
import { LstmLayer } from './lstm-layer.ts';
import { createLayers, throughLayers, type PromptEncoderConfig } from './mlp-prompt-encoder.ts';
import { foldedPrompt, type PromptTable } from './prompt-table.ts';
import type { Foldable, VirtualTokens } from './virtual-tokens.ts';

/** Settings of {@link LstmPromptEncoder}. */
export interface LstmPromptEncoderConfig extends PromptEncoderConfig {
  readonly encoderNumLayers: number;
  /** Share of what is dropped between layers of the LSTM where a key is given. */
  readonly encoderDropout: number;
}

/**
 * Vectors of a prompt by a network in which they depend on each other: an embedding, a bidirectional LSTM, and two layers with ReLU between them.
 *
 * @see Liu et al. 2021, "GPT Understands, Too", section 3.2, equation 5. <https://arxiv.org/abs/2103.10385>
 */
export class LstmPromptEncoder implements VirtualTokens, Foldable {
  /** [N, D]. */
  readonly embedding: tf.Tensor;
  readonly lstm: readonly LstmLayer[];
  readonly layers: readonly Linear[];
  readonly dropout: number;

  constructor(config: LstmPromptEncoderConfig, source: ParameterSource) {
    const { numVectors, size, encoderHiddenSize: hiddenSize } = config;
    this.embedding = source.get('embedding', [numVectors, size], normal(1));
    this.lstm = Array.from(
      { length: config.encoderNumLayers },
      (_, index) =>
        new LstmLayer({ inputSize: index === 0 ? size : 2 * hiddenSize, hiddenSize }, source.at('lstm', index)),
    );
    this.layers = createLayers([2 * hiddenSize, 2 * hiddenSize, size], source.at('layers'));
    this.dropout = config.encoderDropout;
  }

  forward(options: ForwardOptions = {}): tf.Tensor {
    const hidden = this.lstm.reduce(
      (x, layer, index) =>
        layer.forward(index === 0 ? x : dropout(x, this.dropout, within(options, 'lstm', index).key)),
      this.embedding,
    );
    return throughLayers(hidden, this.layers);
  }

  folded(): PromptTable {
    return foldedPrompt(this);
  }
}
