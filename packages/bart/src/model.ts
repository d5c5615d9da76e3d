import type * as tf from '@tensorflow/tfjs';
import {
  Embedding,
  normal,
  shiftRight,
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
import type { BartConfig } from './config.ts';
import { BartDecoder } from './decoder.ts';
import { BartEncoder } from './encoder.ts';

/** The inputs of {@link BartModel}; the decoder reads the shifted source where it is given no target. */
export type BartInputs = EncoderInputs & Partial<EncoderDecoderInputs>;

/**
 * BART without a head: a bidirectional encoder, and a causal decoder that attends to it. One table of tokens serves both.
 *
 * @see Lewis et al. 2020, "BART: Denoising Sequence-to-Sequence Pre-training for Natural Language Generation, Translation, and Comprehension",
 *   section 2.1. <https://arxiv.org/abs/1910.13461>
 */
export class BartModel implements Module {
  readonly tokenEmbedding: Embedding;
  readonly encoder: BartEncoder;
  readonly decoder: BartDecoder;
  readonly config: BartConfig;

  constructor(config: BartConfig, source: ParameterSource) {
    const { vocabSize, hiddenSize, padTokenId } = config;
    this.tokenEmbedding = new Embedding(vocabSize, hiddenSize, source.at('tokenEmbedding'), {
      initializer: normal(config.initializerRange),
      paddingId: padTokenId,
    });
    this.encoder = new BartEncoder(config, this.tokenEmbedding, source.at('encoder'));
    this.decoder = new BartDecoder(config, this.tokenEmbedding, source.at('decoder'));
    this.config = config;
  }

  /** @throws {ShapeError} see `BartEncoder`. */
  encode(inputs: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    return this.encoder.forward(inputs, within(options, 'encoder'));
  }

  /** What the decoder attends to, by layer, each [B, H, S, K]. */
  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): KeyValues[] {
    return this.decoder.crossKeyValues(encoderLastHiddenState, within(options, 'decoder'));
  }

  /** @throws {ShapeError} see `BartDecoder`. */
  decode(inputs: DecoderInputs, options: ForwardOptions = {}): CausalHiddenStates {
    return this.decoder.forward(inputs, within(options, 'decoder'));
  }

  /** @throws {ShapeError} see `BartEncoder` and `BartDecoder`. */
  forward(
    { inputIds, attentionMask, decoderInputIds, decoderAttentionMask }: BartInputs,
    options: ForwardOptions = {},
  ): EncoderDecoderHiddenStates {
    const encoded = this.encode({ inputIds, attentionMask }, options);
    const decoded = this.decode(
      {
        inputIds: decoderInputIds ?? shiftRight(inputIds, this.config),
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
