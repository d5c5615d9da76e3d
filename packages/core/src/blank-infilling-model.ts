import type * as tf from '@tensorflow/tfjs';
import type { CacheShape, CausalInputs, CausalOutputs } from './causal-language-model.ts';
import type { ForwardOptions } from './forward-options.ts';
import type { Module } from './module.ts';

/**
 * The inputs of a model that fills blanks. A row is part A, the text in which a mask stands for each blank, then part B, the pieces that fill them,
 * then padding. Part A is seen by all; a token of part B also sees what stands before it in part B.
 *
 * @see Du et al. 2022, "GLM: General Language Model Pretraining with Autoregressive Blank Infilling", sections 2.1 and 2.2. <https://arxiv.org/abs/2103.10360>
 */
export interface BlankInfillingInputs extends CausalInputs {
  /** [B] int32, the length of part A, as the authors call it. Default: all of the row is part A; with a cache all of it is part B. */
  readonly sep?: tf.Tensor | undefined;
  /** [B, T] int32: the place in part A; for part B that of the mask. Must be given with `sep` or a cache. Default: 0 ... T - 1. */
  readonly positionIds?: tf.Tensor | undefined;
  /** [B, T] int32: the place in the piece, from 1; 0 in part A. Must be given with `sep` or a cache. Default: 0. */
  readonly blockPositionIds?: tf.Tensor | undefined;
}

/** A model that fills blanks token by token: what blank infilling asks of one. */
export interface BlankInfillingModel extends Module {
  readonly cacheShape: CacheShape;
  /** `logits` [B, T, V]; position t predicts what follows it in its piece, so labels stand at the same place. */
  forward(inputs: BlankInfillingInputs, options?: ForwardOptions): CausalOutputs;
}
