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
  /** H; divides `hiddenSize` unless `headSize` is given. */
  readonly numHeads: number;
  /** K. Default: hiddenSize / numHeads. T5's differs. */
  readonly headSize?: number;
  /** Whether the projections have a bias. Default: true. */
  readonly hasBias?: boolean;
  /** Share of the attention weights that is dropped where a key is given. */
  readonly attentionDropout: number;
  /** Factor of the scores. Default: 1 / sqrt(K). */
  readonly scale?: number;
  /** First values of query, key and value. Default: those of `Linear`. */
  readonly initializer?: Initializer;
  /** First values of query where they differ from those of key and value. */
  readonly queryInitializer?: Initializer;
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
  /** How much each token attends to each source, [B, H, T, S], before dropout. */
  readonly weights: tf.Tensor;
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
    const { hiddenSize, numHeads, hasBias = true, initializer, outputInitializer } = config;
    const innerSize = numHeads * (config.headSize ?? hiddenSize / numHeads);
    const inward = { hasBias, ...(initializer && { initializer }) };
    this.query = new Linear(hiddenSize, innerSize, source.at('query'), {
      ...inward,
      ...(config.queryInitializer && { initializer: config.queryInitializer }),
    });
    this.key = new Linear(hiddenSize, innerSize, source.at('key'), inward);
    this.value = new Linear(hiddenSize, innerSize, source.at('value'), inward);
    this.output = new Linear(innerSize, hiddenSize, source.at('output'), {
      hasBias,
      ...(outputInitializer && { initializer: outputInitializer }),
    });
    this.numHeads = config.numHeads;
    this.attentionDropout = config.attentionDropout;
    this.scale = config.scale;
  }

  /** The keys and values of a source [B, S, D], each [B, H, S, K]: for cross-attention, once per source. */
  keyValuesOf(source: tf.Tensor, options: ForwardOptions = {}): KeyValues {
    return {
      key: splitHeads(this.key.forward(source, within(options, 'key')), this.numHeads),
      value: splitHeads(this.value.forward(source, within(options, 'value')), this.numHeads),
    };
  }

  /**
   * @param x [B, T, D], where the queries come from.
   * @param inputs `keyValues`: those of another sequence, from {@link keyValuesOf}. Default: those of x.
   */
  forward(
    x: tf.Tensor,
    inputs: AttentionInputs & { readonly keyValues?: KeyValues | undefined } = {},
  ): AttentionResult {
    const { keyValues = this.keyValuesOf(x, inputs), bias, cache } = inputs;
    const q = splitHeads(this.query.forward(x, within(inputs, 'query')), this.numHeads); // [B, H, T, K]
    const { scale, attentionDropout: dropoutRate } = this;
    const { key } = within(inputs, 'weights');
    const { context, weights } = scaledDotProductAttention(q, keyValues, { bias, cache, scale, dropoutRate, key });
    return { output: this.output.forward(mergeHeads(context), within(inputs, 'output')), keyValues, weights };
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
    const { context, weights } = scaledDotProductAttention(q, keyValues, { bias, cache, scale, dropoutRate, key });
    return { output: this.output.forward(mergeHeads(context), within(inputs, 'output')), keyValues, weights };
  }
}
