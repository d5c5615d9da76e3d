import type * as tf from '@tensorflow/tfjs';
import {
  MultiHeadAttention,
  paddingBias,
  TransformerLayer,
  within,
  type Embedding,
  type EncoderInputs,
  type EncoderOutputs,
  type ForwardOptions,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { BartConfig } from './config.ts';
import { BartEmbeddings } from './embeddings.ts';
import { attentionConfig, layerConfig } from './layer-config.ts';

/** Reads the source from both sides: post-norm transformer layers. */
export class BartEncoder implements Module {
  readonly embeddings: BartEmbeddings;
  readonly layers: readonly TransformerLayer[];

  constructor(config: BartConfig, tokens: Embedding, source: ParameterSource) {
    this.embeddings = new BartEmbeddings(config, tokens, source.at('embeddings'));
    this.layers = Array.from({ length: config.encoder.numLayers }, (_, index) => {
      const attention = attentionConfig(config, config.encoder);
      const createAttention = (own: ParameterSource): MultiHeadAttention => new MultiHeadAttention(attention, own);
      return new TransformerLayer(layerConfig(config, config.encoder), createAttention, source.at('layers', index));
    });
  }

  /** @throws {ShapeError} when the source is longer than the positions. */
  forward({ inputIds, attentionMask }: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    const bias = attentionMask && paddingBias(attentionMask); // [B, 1, 1, S]
    let lastHiddenState: tf.Tensor = this.embeddings.forward(inputIds, undefined, within(options, 'embeddings'));
    const hiddenStates = [lastHiddenState];
    for (const [index, layer] of this.layers.entries()) {
      lastHiddenState = layer.forward(lastHiddenState, { bias, ...within(options, 'layers', index) }).output; // [B, S, D]
      hiddenStates.push(lastHiddenState);
    }
    return { lastHiddenState, hiddenStates };
  }
}
