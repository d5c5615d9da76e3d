import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  FeedForward,
  LayerNorm,
  MultiHeadAttention,
  within,
  type AttentionInputs,
  type AttentionResult,
  type KeyValues,
  type Module,
  type ParameterSource,
  type SelfAttention,
} from '@cloze/core';
import type { BartConfig } from './config.ts';
import { attentionConfig, LAYER_NORM_EPSILON, layerConfig } from './layer-config.ts';

/** What a decoder layer is computed with; `bias` and `cache` are of the self-attention. */
export interface DecoderLayerInputs extends AttentionInputs {
  /** Of the source, each [B, H, S, K]. */
  readonly crossKeyValues: KeyValues | undefined;
  /** Added to the scores of the cross-attention, [B, 1, 1, S]. Default: nothing. */
  readonly crossBias?: tf.Tensor | undefined;
}

/**
 * Causal self-attention, attention to the source, and a feed-forward network, each as `LN(x + B(x))`.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need", section 3.1. <https://arxiv.org/abs/1706.03762>
 */
export class BartDecoderLayer implements Module {
  readonly attention: SelfAttention;
  readonly attentionNorm: LayerNorm;
  readonly crossAttention: MultiHeadAttention;
  readonly crossAttentionNorm: LayerNorm;
  readonly feedForward: FeedForward;
  readonly feedForwardNorm: LayerNorm;
  readonly hiddenDropout: number;

  constructor(config: BartConfig, source: ParameterSource) {
    const attention = attentionConfig(config, config.decoder);
    const createNorm = (field: string): LayerNorm =>
      new LayerNorm(config.hiddenSize, LAYER_NORM_EPSILON, source.at(field));
    this.attention = new MultiHeadAttention(attention, source.at('attention'));
    this.attentionNorm = createNorm('attentionNorm');
    this.crossAttention = new MultiHeadAttention(attention, source.at('crossAttention'));
    this.crossAttentionNorm = createNorm('crossAttentionNorm');
    this.feedForward = new FeedForward(layerConfig(config, config.decoder), source.at('feedForward'));
    this.feedForwardNorm = createNorm('feedForwardNorm');
    this.hiddenDropout = config.hiddenDropout;
  }

  /** @param x [B, T, D]; the output has the same shape. `keyValues` and `weights` are those of the self-attention. */
  forward(x: tf.Tensor, { crossKeyValues, crossBias, ...inputs }: DecoderLayerInputs): AttentionResult {
    const dropped = (block: tf.Tensor, name: string): tf.Tensor =>
      dropout(block, this.hiddenDropout, within(inputs, name).key);

    const attended = this.attention.forward(x, { ...inputs, ...within(inputs, 'attention') });
    const h = this.attentionNorm.forward(tf.add(x, dropped(attended.output, 'attentionDropout')));

    const crossAttended = this.crossAttention.forward(h, {
      keyValues: crossKeyValues,
      bias: crossBias,
      ...within(inputs, 'crossAttention'),
    });
    const g = this.crossAttentionNorm.forward(tf.add(h, dropped(crossAttended.output, 'crossAttentionDropout')));

    const transformed = this.feedForward.forward(g, within(inputs, 'feedForward'));
    const output = this.feedForwardNorm.forward(tf.add(g, dropped(transformed, 'feedForwardDropout')));
    return { ...attended, output };
  }
}
