import * as tf from '@tensorflow/tfjs';
import { within, type ForwardOptions } from './forward-options.ts';
import type { Initializer } from './initializers.ts';
import type { KeyValues } from './key-value-cache.ts';
import { Linear, type LinearLayer } from './linear.ts';
import type { Module } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';
import { mergeHeads, scaledDotProductAttention, splitHeads } from './scaled-dot-product-attention.ts';
import { tensorAt } from './tensor-shape.ts';

/** Sizes and settings of attention. */
export interface AttentionConfig {
  readonly hiddenSize: number;
  /** H; divides `hiddenSize`. */
  readonly numHeads: number;
  /** Share of the attention weights that is dropped where a key is given. */
  readonly attentionDropout: number;
  /** Factor of the scores. Default: 1 / sqrt(K). */
  readonly scale?: number;
  /** First values of query, key and value. Default: those of `Linear`. */
  readonly initializer?: Initializer;
  /** First values of the output projection. Default: those of `Linear`. */
  readonly outputInitializer?: Initializer;
}

/** What attention is computed with. */
export interface AttentionInputs extends ForwardOptions {
  /** Added to the scores, broadcast to [B, H, T, S]. */
  readonly bias?: tf.Tensor | undefined;
  /** Earlier keys and values of this layer, each [B, H, S, K]. */
  readonly cache?: KeyValues | undefined;
}

/** The outcome of self-attention. */
export interface AttentionResult {
  /** [B, T, D]. */
  readonly output: tf.Tensor;
  /** Of the given tokens, without the cache, each [B, H, T, K]. */
  readonly keyValues: KeyValues;
}

/** Self-attention of any kind: what a transformer layer asks of it, and what PEFT methods may wrap. */
export interface SelfAttention extends Module {
  /** @param x [B, T, D]. */
  forward(x: tf.Tensor, inputs?: AttentionInputs): AttentionResult;
}

/**
 * Multi-head attention with separate projections, as checkpoints of BERT, BART and T5 hold them. Self-attention, or cross-attention if it is given
 * a source.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2. <https://arxiv.org/abs/1706.03762>
 */
export class MultiHeadAttention implements SelfAttention {
  readonly query: LinearLayer;
  readonly key: LinearLayer;
  readonly value: LinearLayer;
  readonly output: LinearLayer;
  readonly numHeads: number;
  readonly attentionDropout: number;
  readonly scale: number | undefined;

  constructor(config: AttentionConfig, source: ParameterSource) {
    const { hiddenSize } = config;
    const linear = (name: string, initializer: Initializer | undefined): Linear =>
      new Linear(hiddenSize, hiddenSize, source.at(name), initializer && { initializer });
    this.query = linear('query', config.initializer);
    this.key = linear('key', config.initializer);
    this.value = linear('value', config.initializer);
    this.output = linear('output', config.outputInitializer);
    this.numHeads = config.numHeads;
    this.attentionDropout = config.attentionDropout;
    this.scale = config.scale;
  }

  /**
   * @param x [B, T, D], where the queries come from.
   * @param inputs `source` [B, S, D]: where keys and values come from. Default: x.
   */
  forward(x: tf.Tensor, inputs: AttentionInputs & { readonly source?: tf.Tensor | undefined } = {}): AttentionResult {
    const { source = x, bias, cache } = inputs;
    const q = splitHeads(this.query.forward(x, within(inputs, 'query')), this.numHeads); // [B, H, T, K]
    const keyValues = {
      key: splitHeads(this.key.forward(source, within(inputs, 'key')), this.numHeads), // [B, H, S, K]
      value: splitHeads(this.value.forward(source, within(inputs, 'value')), this.numHeads),
    };
    const { scale, attentionDropout: dropoutRate } = this;
    const { key } = within(inputs, 'weights');
    const context = scaledDotProductAttention(q, keyValues, { bias, cache, scale, dropoutRate, key });
    return { output: this.output.forward(mergeHeads(context), within(inputs, 'output')), keyValues };
  }
}

/** Multi-head self-attention with one projection for query, key and value, as checkpoints of GPT and GLM hold it: thirds q | k | v. */
export class FusedSelfAttention implements SelfAttention {
  readonly queryKeyValue: LinearLayer;
  readonly output: LinearLayer;
  readonly numHeads: number;
  readonly attentionDropout: number;
  readonly scale: number | undefined;

  constructor(config: AttentionConfig, source: ParameterSource) {
    const { hiddenSize, initializer, outputInitializer } = config;
    const [fused, output] = [source.at('queryKeyValue'), source.at('output')];
    this.queryKeyValue = new Linear(hiddenSize, 3 * hiddenSize, fused, initializer && { initializer });
    this.output = new Linear(hiddenSize, hiddenSize, output, outputInitializer && { initializer: outputInitializer });
    this.numHeads = config.numHeads;
    this.attentionDropout = config.attentionDropout;
    this.scale = config.scale;
  }

  /** @param x [B, T, D]. */
  forward(x: tf.Tensor, inputs: AttentionInputs = {}): AttentionResult {
    const projected = tf.split(this.queryKeyValue.forward(x, within(inputs, 'queryKeyValue')), 3, -1);
    const third = (index: number): tf.Tensor => splitHeads(tensorAt(projected, index), this.numHeads); // [B, H, T, K]
    const q = third(0);
    const keyValues = { key: third(1), value: third(2) };
    const { scale, attentionDropout: dropoutRate } = this;
    const { bias, cache } = inputs;
    const { key } = within(inputs, 'weights');
    const context = scaledDotProductAttention(q, keyValues, { bias, cache, scale, dropoutRate, key });
    return { output: this.output.forward(mergeHeads(context), within(inputs, 'output')), keyValues };
  }
}
