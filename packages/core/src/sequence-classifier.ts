import type * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from './forward-options.ts';
import type { Module } from './module.ts';

/** The inputs of a model that judges whole sequences. */
export interface SequenceInputs {
  /** [B, T] int32. */
  readonly inputIds: tf.Tensor;
  /** [B, T], 1 = attend, 0 = padding. Default: all ones. */
  readonly attentionMask?: tf.Tensor | undefined;
  /** [B, T] int32, the segment of each token; ignored by families without segments. */
  readonly tokenTypeIds?: tf.Tensor | undefined;
}

/** A model that gives a score to each label, or one number: what supervised sequence objectives ask of one. */
export interface SequenceClassifier extends Module {
  /** `logits` [B, numLabels]. All outputs belong to the caller. */
  forward(inputs: SequenceInputs, options?: ForwardOptions): { readonly logits: tf.Tensor };
}
