import * as tf from '@tensorflow/tfjs';
import type { Engine } from './engine.ts';
import { toHostTensor } from './host-memory.ts';

/**
 * Copies of float32 tensors where an engine reads them, by the same names: weights that many calls share. They belong to the caller; the originals are not
 * read afterwards.
 */
export async function copyForEngine(
  tensors: Readonly<Record<string, tf.Tensor>>,
  engine: Engine,
): Promise<Record<string, tf.Tensor>> {
  if (engine.kind === 'graph') await engine.prepare?.();
  const copies = Object.entries(tensors).map(async ([name, tensor]) => {
    const values = Float32Array.from(await tensor.data());
    const copy =
      engine.kind === 'graph' ? toHostTensor(values, tensor.shape, 'float32') : tf.tensor(values, tensor.shape);
    return [name, copy] as const;
  });
  return Object.fromEntries(await Promise.all(copies));
}
