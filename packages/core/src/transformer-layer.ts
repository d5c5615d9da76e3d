import * as tf from '@tensorflow/tfjs';
import { dropout } from './dropout.ts';
import { FeedForward, type FeedForwardConfig } from './feed-forward.ts';
import { within, type ForwardOptions } from './forward-options.ts';
import { LayerNorm } from './layer-norm.ts';
import type { Module } from './module.ts';
import type { AttentionInputs, AttentionResult, SelfAttention } from './multi-head-attention.ts';
import type { ParameterSource } from './parameter-source.ts';

/** Sizes and settings of {@link TransformerLayer}. */
export interface TransformerLayerConfig extends FeedForwardConfig {
  /** Where the normalization stands: `before` each block (pre-norm: GPT-2, GLM) or `after` each sum (post-norm: GPT-1, BERT). */
  readonly normPosition: 'before' | 'after';
  readonly layerNormEpsilon: number;
  /** Share of each block's output that is dropped where a key is given. */
  readonly hiddenDropout: number;
}

/**
 * Self-attention and a feed-forward network, each with a residual connection and layer normalization.
 *
 * With B for a block: post-norm is `LN(x + B(x))`, pre-norm `x + B(LN(x))`.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need", section 3.1 (post-norm). <https://arxiv.org/abs/1706.03762>
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.3 (pre-norm).
 */
export class TransformerLayer implements Module {
  readonly attention: SelfAttention;
  readonly attentionNorm: LayerNorm;
  readonly feedForward: FeedForward;
  readonly feedForwardNorm: LayerNorm;
  readonly normPosition: 'before' | 'after';
  readonly hiddenDropout: number;

  /** @param createAttention makes the attention from the source for its field. */
  constructor(
    config: TransformerLayerConfig,
    createAttention: (source: ParameterSource) => SelfAttention,
    source: ParameterSource,
  ) {
    const { hiddenSize, layerNormEpsilon } = config;
    this.attention = createAttention(source.at('attention'));
    this.attentionNorm = new LayerNorm(hiddenSize, layerNormEpsilon, source.at('attentionNorm'));
    this.feedForward = new FeedForward(config, source.at('feedForward'));
    this.feedForwardNorm = new LayerNorm(hiddenSize, layerNormEpsilon, source.at('feedForwardNorm'));
    this.normPosition = config.normPosition;
    this.hiddenDropout = config.hiddenDropout;
  }

  /** @param x [B, T, D]; the output has the same shape. */
  forward(x: tf.Tensor, inputs: AttentionInputs = {}): AttentionResult {
    const isPreNorm = this.normPosition === 'before';
    const attended = this.attention.forward(isPreNorm ? this.attentionNorm.forward(x) : x, {
      ...inputs,
      ...within(inputs, 'attention'),
    });
    const attentionSum = addDropped(x, attended.output, this.hiddenDropout, within(inputs, 'attentionDropout'));
    const h = isPreNorm ? attentionSum : this.attentionNorm.forward(attentionSum);

    const transformed = this.feedForward.forward(
      isPreNorm ? this.feedForwardNorm.forward(h) : h,
      within(inputs, 'feedForward'),
    );
    const sum = addDropped(h, transformed, this.hiddenDropout, within(inputs, 'feedForwardDropout'));
    return { ...attended, output: isPreNorm ? sum : this.feedForwardNorm.forward(sum) };
  }
}

function addDropped(x: tf.Tensor, block: tf.Tensor, rate: number, { key }: ForwardOptions): tf.Tensor {
  return tf.add(x, dropout(block, rate, key));
}
