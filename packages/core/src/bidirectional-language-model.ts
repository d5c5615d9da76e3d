import type * as tf from '@tensorflow/tfjs';
import type { ForwardOptions } from './forward-options.ts';
import type { Module } from './module.ts';

/** The inputs of a model that reads words by their characters. */
export interface CharacterInputs {
  /** [B, T, C] int32, C characters per word; 0 = no word. Or rows of such words, [B, T * C], as tools pad them that know no words. */
  readonly inputIds: tf.Tensor;
  /** [B, T], 1 = a word, 0 = padding, which must be on the right. Default: where there are characters. */
  readonly attentionMask?: tf.Tensor | undefined;
}

/** What two language models have read up to each word, each from its side. All belong to the caller. */
export interface BidirectionalHiddenStates {
  /** [B, T, D]; position t has read the words up to t and predicts word t + 1. */
  readonly forwardHiddenState: tf.Tensor;
  /** [B, T, D]; position t has read the words from t on and predicts word t - 1. */
  readonly backwardHiddenState: tf.Tensor;
}

/** The scores of words, for a vocabulary that may be too large to score all of it while training. */
export interface VocabularyScores extends Module {
  /** x [..., D] -> scores of every word [..., V]. */
  forward(x: tf.Tensor): tf.Tensor;
  /** What scores the given words [N] int32: the score of x is `x @ weight^T + bias`. `weight` [N, D], `bias` [N]. */
  rows(ids: tf.Tensor): { readonly weight: tf.Tensor; readonly bias: tf.Tensor };
}

/** A model that predicts each next word from those before it and each previous word from those after it. */
export interface BidirectionalLanguageModel extends Module {
  /** Shared by both directions. */
  readonly softmax: VocabularyScores;
  encode(inputs: CharacterInputs, options?: ForwardOptions): BidirectionalHiddenStates;
}
