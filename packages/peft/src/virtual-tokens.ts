import * as tf from '@tensorflow/tfjs';
import type { ForwardOptions, Module } from '@cloze/core';

/** What computes the vectors of virtual tokens, which are trained in the place of a prompt. */
export interface VirtualTokens extends Module {
  /** [N, D]. */
  forward(options?: ForwardOptions): tf.Tensor;
}

/** A module that computes a table by more parameters than the table has, because so it trains better. Files of adapters hold the table. */
export interface Foldable extends Module {
  /** A module that holds the table. Its tensor belongs to the caller. */
  folded(): Module;
}

/** Whether a module computes a table. */
export function isFoldable(module: Module): module is Foldable {
  return 'folded' in module && typeof module.folded === 'function';
}
