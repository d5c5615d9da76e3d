import * as tf from '@tensorflow/tfjs';
import { parametersOf, replaceModules, withParameters, type Module } from '@cloze/core';
import { isAdapterLayer } from './adapter-layer.ts';

/**
 * The model with its adapter worked into the weights: it computes the same, as fast as the base, and is saved as a model of its own. It owns all its
 * parameters. Unmerging is to go on with the adapted model, which is unchanged.
 *
 * @throws {ClozeError} `USAGE` for bottleneck adapters, prefixes and prompts, which cannot be merged.
 */
export function mergeAdapter<M extends Module>(model: M): M {
  if (isAdapterLayer(model)) model.merged();
  const kept = new Set(Object.values(parametersOf(model)));
  const merged = replaceModules(model, (module) => (isAdapterLayer(module) ? module.merged() : module));
  const shared = Object.entries(parametersOf(merged)).filter(([, tensor]) => kept.has(tensor));
  return withParameters(merged, Object.fromEntries(shared.map(([path, tensor]) => [path, tf.clone(tensor)])));
}
