import * as tf from '@tensorflow/tfjs';
import type { Engine } from './engine.ts';

/** A float32 tensor where an engine reads it. It belongs to the caller, and so do the values. */
export async function tensorForEngine(
  values: Float32Array,
  shape: readonly number[],
  engine: Engine,
): Promise<tf.Tensor> {
  return engine.kind === 'graph' ? engine.hold(values, shape) : tf.tensor(values.slice(), [...shape]);
}

/**
 * Copies of float32 tensors where an engine reads them, by the same names: weights that many calls share. They belong to the caller; the originals are not
 * read afterwards.
 */
export async function copyForEngine(
  tensors: Readonly<Record<string, tf.Tensor>>,
  engine: Engine,
): Promise<Record<string, tf.Tensor>> {
  const copies = Object.entries(tensors).map(async ([name, tensor]) => {
    const values = Float32Array.from(await tensor.data());
    return [name, await tensorForEngine(values, tensor.shape, engine)] as const;
  });
  return Object.fromEntries(await Promise.all(copies));
}
