import * as tf from '@tensorflow/tfjs';
import { dropout } from './dropout.ts';
import type { KeyValues } from './key-value-cache.ts';
import type { RandomKey } from './random-key.ts';
import { tensorAt } from './tensor-shape.ts';

/** Settings of {@link scaledDotProductAttention}. */
export interface AttentionOptions {
  /** Added to the scores, broadcast to [B, H, T, S]; see `attention-masks.ts`. */
  readonly bias?: tf.Tensor | undefined;
  /** Factor of the scores. Default: 1 / sqrt(K). */
  readonly scale?: number | undefined;
  /** Share of the weights that is dropped where a key is given. Default: 0. */
  readonly dropoutRate?: number | undefined;
  readonly key?: RandomKey | undefined;
  /** Earlier keys and values, each [B, H, S, K]; the bias must hide its empty slots. */
  readonly cache?: KeyValues | undefined;
}

/** What {@link scaledDotProductAttention} makes of queries. */
export interface AttentionContext {
  /** [B, H, T, K]. */
  readonly context: tf.Tensor;
  /** How much each query attends to each source, [B, H, T, S]; rows sum to 1: the softmax, before dropout. */
  readonly weights: tf.Tensor;
}

/**
 * `softmax(q k^T * scale + bias) v`.
 *
 * With a cache the sources are the S cached slots followed by the given keys. The cache is read in place: it is not joined with the new keys,
 * which would copy it for every token.
 *
 * @param q [B, H, T, K].
 * @param keyValues k and v, each [B, H, S', K].
 * @see Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1, equation 1. <https://arxiv.org/abs/1706.03762>
 */
export function scaledDotProductAttention(
  q: tf.Tensor,
  { key: k, value: v }: KeyValues,
  { bias, scale = 1 / Math.sqrt(q.shape.at(-1) ?? 1), dropoutRate = 0, key, cache }: AttentionOptions = {},
): AttentionContext {
  // Scaled after the product: there, jit folds the factor into it.
  const scoresOf = (keys: tf.Tensor): tf.Tensor => tf.mul(tf.matMul(q, keys, false, true), scale); // [B, H, T, S]
  const scores = cache === undefined ? scoresOf(k) : tf.concat([scoresOf(cache.key), scoresOf(k)], 3);
  const weights = tf.softmax(bias === undefined ? scores : tf.add(scores, bias));
  const kept = dropout(weights, dropoutRate, key);
  if (cache === undefined) return { context: tf.matMul(kept, v), weights };
  const parts = tf.split(kept, [cache.key.shape[2] ?? 0, k.shape[2] ?? 0], 3);
  const context = tf.add(tf.matMul(tensorAt(parts, 0), cache.value), tf.matMul(tensorAt(parts, 1), v));
  return { context, weights };
}

/** Divides the last axis among the heads: [B, T, H * K] -> [B, H, T, K]. */
export function splitHeads(x: tf.Tensor, numHeads: number): tf.Tensor {
  const [batchSize = 1, length = 1, size = 1] = x.shape;
  return tf.transpose(tf.reshape(x, [batchSize, length, numHeads, size / numHeads]), [0, 2, 1, 3]);
}

/** The inverse of {@link splitHeads}: [B, H, T, K] -> [B, T, H * K]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batchSize = 1, numHeads = 1, length = 1, headSize = 1] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batchSize, length, numHeads * headSize]);
}
