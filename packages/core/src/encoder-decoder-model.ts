import * as tf from '@tensorflow/tfjs';
import type { CacheShape, CausalInputs, CausalOutputs } from './causal-language-model.ts';
import type { ForwardOptions } from './forward-options.ts';
import type { KeyValues } from './key-value-cache.ts';
import type { Module } from './module.ts';
import { shapeOf } from './tensor-shape.ts';

/** The inputs of an encoder. */
export interface EncoderInputs {
  /** [B, S] int32. */
  readonly inputIds: tf.Tensor;
  /** [B, S], 1 = attend, 0 = padding. Default: all ones. */
  readonly attentionMask?: tf.Tensor | undefined;
}

/** The outputs of an encoder. All belong to the caller. */
export interface EncoderOutputs {
  /** [B, S, D]. */
  readonly lastHiddenState: tf.Tensor;
  /** The embeddings and each layer's output, [B, S, D]; the last is `lastHiddenState`. */
  readonly hiddenStates: readonly tf.Tensor[];
}

/** The inputs of a decoder that attends to an encoded source; `inputIds` and `cache` are the target's. */
export interface DecoderInputs extends CausalInputs {
  /** Keys and values of the source by layer, each [B, H, S, K], from `crossKeyValues`. */
  readonly crossKeyValues: readonly KeyValues[];
  /** [B, S], 1 = attend, 0 = padding of the source. Default: all ones. */
  readonly encoderAttentionMask?: tf.Tensor | undefined;
}

/** The inputs of an encoder-decoder: a source and the target as far as it is known. */
export interface EncoderDecoderInputs extends EncoderInputs {
  /** [B, T] int32: the target, one position to the right, after the start token; see {@link shiftRight}. */
  readonly decoderInputIds: tf.Tensor;
  /** [B, T], 1 = attend, 0 = padding. Default: all ones. */
  readonly decoderAttentionMask?: tf.Tensor | undefined;
}

/** The outputs of an encoder-decoder without a head. All belong to the caller. */
export interface EncoderDecoderHiddenStates {
  /** [B, T, D], of the decoder. */
  readonly lastHiddenState: tf.Tensor;
  /** The target's embeddings and each decoder layer's output, [B, T, D]. */
  readonly decoderHiddenStates: readonly tf.Tensor[];
  /** [B, S, D]. */
  readonly encoderLastHiddenState: tf.Tensor;
  /** The source's embeddings and each encoder layer's output, [B, S, D]. */
  readonly encoderHiddenStates: readonly tf.Tensor[];
}

/** The outputs of an encoder-decoder with a language modeling head. */
export interface EncoderDecoderOutputs extends EncoderDecoderHiddenStates {
  /** [B, T, V]; position t predicts target t. */
  readonly logits: tf.Tensor;
}

/** A model that writes a target for a source: what generation and sequence-to-sequence objectives ask of one. */
export interface EncoderDecoderModel extends Module {
  /** Of the decoder's self-attention. */
  readonly cacheShape: CacheShape;
  /** What every target begins with. */
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
  /** Source to hidden states. Generation calls it once per source. */
  encode(inputs: EncoderInputs, options?: ForwardOptions): EncoderOutputs;
  /** What the decoder's layers attend to, each [B, H, S, K]. Generation calls it once per source. */
  crossKeyValues(encoderLastHiddenState: tf.Tensor, options?: ForwardOptions): readonly KeyValues[];
  /** Target to scores of the next tokens, with or without a cache. */
  decode(inputs: DecoderInputs, options?: ForwardOptions): CausalOutputs;
  /** All three: what training differentiates. */
  forward(inputs: EncoderDecoderInputs, options?: ForwardOptions): EncoderDecoderOutputs;
}

/** The tokens that stand at the border of targets. */
export interface TargetTokens {
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
}

/**
 * What a decoder is fed to predict labels: the start token, then all labels but the last. Ignored (negative) labels become padding.
 *
 * @param labels [B, T] int32.
 * @returns [B, T] int32.
 */
export function shiftRight(labels: tf.Tensor, { decoderStartTokenId, padTokenId }: TargetTokens): tf.Tensor {
  const [batchSize, length] = shapeOf(labels, 2, 'shiftRight: labels');
  const start = tf.fill([batchSize, 1], decoderStartTokenId, 'int32');
  const shifted = tf.concat([start, tf.slice(labels, [0, 0], [batchSize, length - 1])], 1);
  return tf.where(tf.less(shifted, 0), tf.scalar(padTokenId, 'int32'), shifted);
}
