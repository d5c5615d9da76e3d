import * as tf from '@tensorflow/tfjs';

/** A reproducible source of numbers in [0, 1) for tests. */
export function createNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** A float tensor with elements in [low, high). */
export function floats(
  next: () => number,
  shape: readonly number[],
  [low, high]: readonly [number, number] = [-2, 2],
): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => low + (high - low) * next()),
    [...shape],
  );
}

/** An int32 tensor with elements in [0, bound). */
export function integers(next: () => number, shape: readonly number[], bound: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Int32Array.from({ length: size }, () => Math.floor(next() * bound)),
    [...shape],
    'int32',
  );
}
