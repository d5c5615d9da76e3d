import type * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from './forward-options.ts';
import type { Module } from './module.ts';

/** The inputs of a model that reads whole sequences. */
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

/** A model that gives a score to each label at each token. */
export interface TokenClassifier extends Module {
  /** `logits` [B, T, numLabels]. All outputs belong to the caller. */
  forward(inputs: SequenceInputs, options?: ForwardOptions): { readonly logits: tf.Tensor };
}

/** The inputs of a model that may be asked for some positions only. */
export interface MaskedInputs extends SequenceInputs {
  /** [B, P] int32: the positions whose tokens are to be scored; most are not predicted, and scores are what costs. Default: all T. */
  readonly predictionPositions?: tf.Tensor | undefined;
}

/** A model that scores every token of the vocabulary at each position from both sides. */
export interface MaskedLanguageModel extends Module {
  /** `logits` [B, T, V], or [B, P, V] at `predictionPositions`. All outputs belong to the caller. */
  forward(inputs: MaskedInputs, options?: ForwardOptions): { readonly logits: tf.Tensor };
}

/** A masked language model that also judges whether its second segment follows the first. */
export interface MaskedPairModel extends Module {
  /** `logits` as of {@link MaskedLanguageModel}; `nextSentenceLogits` [B, 2], of what follows and what does not. All outputs belong to the caller. */
  forward(
    inputs: MaskedInputs,
    options?: ForwardOptions,
  ): { readonly logits: tf.Tensor; readonly nextSentenceLogits: tf.Tensor };
}

/** A model that scores each token as the begin and as the end of an answer. */
export interface SpanPredictor extends Module {
  /** Both [B, T]. All outputs belong to the caller. */
  forward(
    inputs: SequenceInputs,
    options?: ForwardOptions,
  ): { readonly startLogits: tf.Tensor; readonly endLogits: tf.Tensor };
}

/** A model that scores answers to the same question, each as a sequence of its own. */
export interface ChoiceScorer extends Module {
  /** All inputs [B, C, T]; `logits` [B, C]. All outputs belong to the caller. */
  forward(inputs: SequenceInputs, options?: ForwardOptions): { readonly logits: tf.Tensor };
}
