import type * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from './forward-options.ts';
import type { KeyValues } from './key-value-cache.ts';
import type { Module } from './module.ts';

/** The inputs of a decoder that predicts the next token. */
export interface CausalInputs {
  /** [B, T] int32. */
  readonly inputIds: tf.Tensor;
  /** [B, T], or [B, S + T] with a cache of capacity S: 1 = attend, 0 = padding or an empty slot. Default: all ones; with a cache it must be given. */
  readonly attentionMask?: tf.Tensor | undefined;
  /** [B, T] int32. Default: 0 ... T - 1; with a cache they must be given. */
  readonly positionIds?: tf.Tensor | undefined;
  /** Earlier keys and values by layer, each [B, H, S, K], of fixed capacity S; `attentionMask` says which slots are filled. Never changed. */
  readonly cache?: readonly KeyValues[] | undefined;
}

/** The outputs of a decoder without head. All belong to the caller. */
export interface CausalHiddenStates {
  /** [B, T, D], after the final normalization where the family has one. */
  readonly lastHiddenState: tf.Tensor;
  /** The embeddings and each layer's output, [B, T, D]; the last is `lastHiddenState`, as in Hugging Face transformers. */
  readonly hiddenStates: readonly tf.Tensor[];
  /**
   * The keys and values of the given tokens by layer, each [B, H, T, K]: what the caller appends to a cache. Without a cache, those of virtual tokens stand
   * before them where a model has any.
   */
  readonly keyValues: readonly KeyValues[];
}

/** The outputs of a decoder with a language modeling head. */
export interface CausalOutputs extends CausalHiddenStates {
  /** [B, T, V]; position t predicts token t + 1. */
  readonly logits: tf.Tensor;
}

/** A model that predicts each next token: what generation and causal language modeling ask of one. */
export interface CausalLanguageModel extends Module {
  readonly cacheShape: CacheShape;
  forward(inputs: CausalInputs, options?: ForwardOptions): CausalOutputs;
}

/** What is needed to make an empty cache. */
export interface CacheShape {
  readonly numLayers: number;
  readonly numHeads: number;
  readonly headSize: number;
  readonly maxPositions: number;
  readonly vocabSize: number;
}
