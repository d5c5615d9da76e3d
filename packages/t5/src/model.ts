import type * as tf from '@tensorflow/tfjs';
import {
  Embedding,
  shapeOf,
  within,
  type CausalHiddenStates,
  type DecoderInputs,
  type EncoderDecoderHiddenStates,
  type EncoderDecoderInputs,
  type EncoderInputs,
  type EncoderOutputs,
  type ForwardOptions,
  type KeyValues,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { T5Config } from './config.ts';
import { T5Decoder } from './decoder.ts';
import { T5Encoder } from './encoder.ts';
import { fanNormal } from './initializers.ts';

/**
 * T5 without a head: an encoder and a decoder over one token embedding, which is not scaled. Positions enter as biases of attention only.
 *
 * @see Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer". <https://arxiv.org/abs/1910.10683>
 */
export class T5Model implements Module {
  readonly tokenEmbedding: Embedding;
  readonly encoder: T5Encoder;
  readonly decoder: T5Decoder;
  readonly config: T5Config;

  constructor(config: T5Config, source: ParameterSource) {
    this.tokenEmbedding = createEmbedding(config, source.at('tokenEmbedding'));
    this.encoder = new T5Encoder(config, source.at('encoder'));
    this.decoder = new T5Decoder(config, source.at('decoder'));
    this.config = config;
  }

  /** @throws {ShapeError} see `T5Encoder`. */
  encode({ inputIds, attentionMask }: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    shapeOf(inputIds, 2, 'T5: inputIds');
    return this.encoder.forward(this.tokenEmbedding.forward(inputIds), attentionMask, within(options, 'encoder'));
  }

  /** What the decoder's layers attend to, each [B, H, S, K], from the source's hidden states [B, S, D]. */
  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): readonly KeyValues[] {
    return this.decoder.crossKeyValues(encoderLastHiddenState, within(options, 'decoder'));
  }

  /** @throws {ShapeError} see `T5Decoder`, which also says what a cache requires. */
  decode({ inputIds, ...inputs }: DecoderInputs, options: ForwardOptions = {}): CausalHiddenStates {
    shapeOf(inputIds, 2, 'T5: inputIds of the target');
    return this.decoder.forward(this.tokenEmbedding.forward(inputIds), inputs, within(options, 'decoder'));
  }

  /** @throws {ShapeError} when a mask has another number of columns than its ids. */
  forward(
    { inputIds, attentionMask, decoderInputIds, decoderAttentionMask }: EncoderDecoderInputs,
    options: ForwardOptions = {},
  ): EncoderDecoderHiddenStates {
    const encoded = this.encode({ inputIds, attentionMask }, options);
    const decoded = this.decode(
      {
        inputIds: decoderInputIds,
        attentionMask: decoderAttentionMask,
        crossKeyValues: this.crossKeyValues(encoded.lastHiddenState, options),
        encoderAttentionMask: attentionMask,
      },
      options,
    );
    return {
      lastHiddenState: decoded.lastHiddenState,
      decoderHiddenStates: decoded.hiddenStates,
      encoderLastHiddenState: encoded.lastHiddenState,
      encoderHiddenStates: encoded.hiddenStates,
    };
  }
}

/** The encoder of a T5 alone, for embeddings of texts and for heads on every token. */
export class T5EncoderModel implements Module {
  readonly tokenEmbedding: Embedding;
  readonly encoder: T5Encoder;

  constructor(config: T5Config, source: ParameterSource) {
    this.tokenEmbedding = createEmbedding(config, source.at('tokenEmbedding'));
    this.encoder = new T5Encoder(config, source.at('encoder'));
  }

  /** @throws {ShapeError} see `T5Encoder`. */
  forward({ inputIds, attentionMask }: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    shapeOf(inputIds, 2, 'T5: inputIds');
    return this.encoder.forward(this.tokenEmbedding.forward(inputIds), attentionMask, within(options, 'encoder'));
  }
}

function createEmbedding(config: T5Config, source: ParameterSource): Embedding {
  return new Embedding(config.vocabSize, config.hiddenSize, source, { initializer: fanNormal(config, 1) });
}
