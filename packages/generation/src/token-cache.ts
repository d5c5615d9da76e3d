import { createCache, tensorAt, writeCache, type KeyValues } from '@cloze/core';
import { jit, tfjsEngine, toHostTensor, viewHostTensor, type ElementArray, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

/** How an engine holds the keys and values of tokens that were read. */
export interface TokenCache {
  /** What a step computes of a prompt, [B, H, T, K], in the form that `create` takes. Part of the step. */
  fromStep(keyValues: KeyValues): KeyValues;
  /** What a step attends to, [B, H, S, K], from the form in which they are held. Part of the step. */
  toStep(held: KeyValues): KeyValues;
  /** Room for `capacity` tokens, S, which begins with those of a prompt. New tensors. */
  create(keyValues: readonly KeyValues[], capacity: number): Promise<readonly KeyValues[]>;
  /**
   * Writes one more token.
   *
   * @param added [L, 2, B, H, K], by layer, key and value.
   * @returns what takes the place of `held`.
   */
  write(held: readonly KeyValues[], added: tf.Tensor, slot: number): Promise<readonly KeyValues[]>;
  /** The keys and values of other sequences, in place of `held`. */
  select(held: readonly KeyValues[], rows: readonly number[]): readonly KeyValues[];
}

/** The cache that suits an engine. */
export function tokenCacheOf(engine: Engine): TokenCache {
  return engine.kind === 'graph' ? inPlaceCache : eagerCache;
}

/**
 * Keys as [B, H, K, S] and values as [B, H, S, K] in memory that the step reads where it lies. So the step returns the new token only, and nothing
 * ever copies the cache; with its keys side by side, so are the products of a query with them.
 */
const inPlaceCache: TokenCache = {
  fromStep: ({ key, value }) => ({ key: exchanged(key), value }),
  toStep: ({ key, value }) => ({ key: exchanged(key), value }),
  create: async (keyValues, capacity) => Promise.all(keyValues.map(async (prompt) => padded(prompt, capacity))),
  write: async (held, added, slot) => {
    const values = await added.data();
    held.forEach(({ key, value }, layer) => {
      const [batchSize = 1, numHeads = 1, capacity = 1, headSize = 1] = value.shape;
      const size = batchSize * numHeads * headSize;
      const at = (part: number): ElementArray =>
        values.subarray((2 * layer + part) * size, (2 * layer + part + 1) * size);
      writeSlots(viewHostTensor(key), at(0), { length: 1, capacity, width: 1, slot });
      writeSlots(viewHostTensor(value), at(1), { length: 1, capacity, width: headSize, slot });
    });
    return held;
  },
  select: (held, rows) => {
    const selected = held.map(({ key, value }) => ({ key: selectedRows(key, rows), value: selectedRows(value, rows) }));
    disposeKeyValues(held);
    return selected;
  },
};

function exchanged(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [0, 1, 3, 2]);
}

async function padded({ key, value }: KeyValues, capacity: number): Promise<KeyValues> {
  const [batchSize = 1, numHeads = 1, length = 1, headSize = 1] = value.shape;
  const held = {
    key: emptyTensor([batchSize, numHeads, headSize, capacity]),
    value: emptyTensor([batchSize, numHeads, capacity, headSize]),
  };
  writeSlots(viewHostTensor(held.key), await key.data(), { length, capacity, width: 1, slot: 0 });
  writeSlots(viewHostTensor(held.value), await value.data(), { length, capacity, width: headSize, slot: 0 });
  return held;
}

function selectedRows(tensor: tf.Tensor, rows: readonly number[]): tf.Tensor {
  const [, ...shape] = tensor.shape;
  const selected = emptyTensor([rows.length, ...shape]);
  const [from, to] = [viewHostTensor(tensor), viewHostTensor(selected)];
  const size = tf.util.sizeFromShape(shape);
  rows.forEach((row, index) => {
    to.set(from.subarray(row * size, (row + 1) * size), index * size);
  });
  return selected;
}

function emptyTensor(shape: readonly number[]): tf.Tensor {
  return toHostTensor(new Float32Array(tf.util.sizeFromShape([...shape])), shape, 'float32');
}

interface Slots {
  /** Of the source, in slots. */
  readonly length: number;
  /** Of the target, in slots. */
  readonly capacity: number;
  /** Of a slot, in elements. */
  readonly width: number;
  /** The first to be written. */
  readonly slot: number;
}

/** Copies [N, length, width] into [N, capacity, width] from a slot on. */
function writeSlots(target: ElementArray, source: ElementArray, { length, capacity, width, slot }: Slots): void {
  if (length * width === 1) {
    source.forEach((element, index) => {
      target[index * capacity + slot] = element;
    });
    return;
  }
  const chunk = length * width;
  for (let index = 0; index * chunk < source.length; index++) {
    target.set(source.subarray(index * chunk, (index + 1) * chunk), (index * capacity + slot) * width);
  }
}

/** Tensors of tfjs's active backend, whose memory is not ours to write to. */
const eagerCache: TokenCache = {
  fromStep: (keyValues) => keyValues,
  toStep: (held) => held,
  create: async (keyValues, capacity) => Promise.resolve(createCache(keyValues, capacity)),
  write: async (held, added, slot) => {
    const position = tf.scalar(slot, 'int32');
    const written = await writeToken(held, added, position);
    position.dispose();
    return written;
  },
  select: (held, rows) => {
    const indices = tf.tensor1d([...rows], 'int32');
    const selected = held.map(({ key, value }) => ({ key: tf.gather(key, indices), value: tf.gather(value, indices) }));
    tf.dispose(indices);
    disposeKeyValues(held);
    return selected;
  },
};

const writeToken = jit(
  (held: readonly KeyValues[], added: tf.Tensor, slot: tf.Tensor) => {
    const layers = tf.unstack(tf.expandDims(added, 4)).map((layer) => tf.unstack(layer)); // [B, H, 1, K]
    const keyValues = layers.map((layer) => ({ key: tensorAt(layer, 0), value: tensorAt(layer, 1) }));
    return writeCache(held, keyValues, slot);
  },
  { engine: tfjsEngine(), donate: [0] },
);

/** Frees keys and values. */
export function disposeKeyValues(keyValues: readonly KeyValues[]): void {
  for (const { key, value } of keyValues) {
    key.dispose();
    value.dispose();
  }
}
