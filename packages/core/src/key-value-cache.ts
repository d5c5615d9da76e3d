import * as tf from '@tensorflow/tfjs';
import { assert } from './errors.ts';

/** The keys and values of one attention layer, each [B, H, S, K]. */
export interface KeyValues {
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/**
 * A cache of fixed capacity from the keys and values of a prompt: slots from T on are zero and must be masked out.
 *
 * The capacity is fixed so that one compiled decode step serves all lengths; which slots count is a matter of the attention mask.
 *
 * @param keyValues by layer, each [B, H, T, K], as a forward pass returned them.
 * @param capacity S >= T, in tokens.
 * @returns by layer, each [B, H, S, K]; new tensors.
 */
export function createCache(keyValues: readonly KeyValues[], capacity: number): KeyValues[] {
  const pad = (tensor: tf.Tensor): tf.Tensor => {
    const [, , length = 0] = tensor.shape;
    assert(length <= capacity, `createCache: ${length} tokens do not fit into a cache of capacity ${capacity}.`);
    return tf.pad(tensor, [
      [0, 0],
      [0, 0],
      [0, capacity - length],
      [0, 0],
    ]); // [B, H, S, K]
  };
  return keyValues.map(({ key, value }) => ({ key: pad(key), value: pad(value) }));
}

/**
 * A cache with one more token. Pure, so it can stand inside a compiled step; there, donate the old cache.
 *
 * @param cache by layer, each [B, H, S, K].
 * @param keyValues of the new token, by layer, each [B, H, 1, K].
 * @param slot int32 scalar: where to write, 0 ... S - 1.
 * @returns by layer, each [B, H, S, K]; new tensors.
 */
export function writeCache(cache: readonly KeyValues[], keyValues: readonly KeyValues[], slot: tf.Tensor): KeyValues[] {
  const [, , capacity = 0] = cache[0]?.key.shape ?? [];
  const isSlot = tf.reshape(tf.equal(tf.range(0, capacity, 1, 'int32'), slot), [1, 1, capacity, 1]);
  return cache.map(({ key, value }, layer) => {
    const added = keyValues[layer];
    assert(added !== undefined, `writeCache: layer ${layer} of the cache has no new keys and values.`);
    return { key: tf.where(isSlot, added.key, key), value: tf.where(isSlot, added.value, value) };
  });
}
