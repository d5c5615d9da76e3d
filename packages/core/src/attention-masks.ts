import * as tf from '@tensorflow/tfjs';

/** Added to the scores of what must not be attended to: after it no score is left, and two of them do not overflow into NaN. */
const EXCLUDED = -3.4028234663852886e38;

/**
 * The additive bias of causal self-attention: target t attends to cached slots and to targets 0 ... t, except where the mask is 0.
 *
 * Build it once per forward pass; all layers share it.
 *
 * @param targetLength T.
 * @param cacheLength number of slots of a key-value cache before the targets; 0 without a cache.
 * @param attentionMask [B, cacheLength + T], 1 = attend, 0 = padding or empty slot. Default: all ones.
 * @returns [1, 1, T, S] without a mask, else [B, 1, T, S], where S = cacheLength + T.
 */
export function causalBias(targetLength: number, cacheLength: number, attentionMask?: tf.Tensor): tf.Tensor {
  return excluding(futureSources(targetLength, cacheLength), attentionMask);
}

/**
 * The additive bias of self-attention in which each target attends to itself, to what is before it, and to a prefix, except where the mask is 0. So the
 * prefix is read from both sides, and what follows it from left to right.
 *
 * @param targetLength T.
 * @param prefixLengths [B] int32, in tokens.
 * @param attentionMask [B, T], 1 = attend, 0 = padding. Default: all ones.
 * @returns [B, 1, T, T].
 */
export function prefixBias(targetLength: number, prefixLengths: tf.Tensor, attentionMask?: tf.Tensor): tf.Tensor {
  const sources = tf.reshape(tf.range(0, targetLength, 1, 'int32'), [1, 1, 1, targetLength]);
  const isOutside = tf.cast(tf.greaterEqual(sources, tf.reshape(prefixLengths, [-1, 1, 1, 1])), 'float32'); // [B, 1, 1, T]
  return excluding(tf.mul(futureSources(targetLength, 0), isOutside), attentionMask);
}

/**
 * The additive bias of bidirectional attention, and of cross-attention to a padded source.
 *
 * @param attentionMask [B, S], 1 = attend, 0 = padding.
 * @returns [B, 1, 1, S].
 */
export function paddingBias(attentionMask: tf.Tensor): tf.Tensor {
  return tf.mul(hiddenSources(attentionMask), EXCLUDED);
}

/** 1 where a source comes after the target: [1, 1, T, S]. */
function futureSources(targetLength: number, cacheLength: number): tf.Tensor {
  const sourceLength = cacheLength + targetLength;
  const isFuture = new Float32Array(targetLength * sourceLength);
  for (let target = 0; target < targetLength; target++) {
    isFuture.fill(1, target * sourceLength + cacheLength + target + 1, (target + 1) * sourceLength);
  }
  return tf.tensor(isFuture, [1, 1, targetLength, sourceLength]);
}

/** The bias that hides what is to be hidden, and what the mask hides. */
function excluding(isHidden: tf.Tensor, attentionMask: tf.Tensor | undefined): tf.Tensor {
  if (attentionMask === undefined) return tf.mul(isHidden, EXCLUDED);
  // The maximum and not the sum: a position that is hidden for two reasons is excluded once.
  return tf.mul(tf.maximum(isHidden, hiddenSources(attentionMask)), EXCLUDED);
}

/** 1 where a source is hidden: [B, 1, 1, S]. */
function hiddenSources(attentionMask: tf.Tensor): tf.Tensor {
  const [batchSize = 1, sourceLength = 1] = attentionMask.shape;
  return tf.reshape(tf.sub(1, tf.cast(attentionMask, 'float32')), [batchSize, 1, 1, sourceLength]);
}
