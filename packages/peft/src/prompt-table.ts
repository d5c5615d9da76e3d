import * as tf from '@tensorflow/tfjs';
import type { VirtualTokens } from './virtual-tokens.ts';

/** Vectors that are trained as they are: prompt tuning. */
export class PromptTable implements VirtualTokens {
  /** [N, D]. */
  readonly table: tf.Tensor;

  constructor(table: tf.Tensor) {
    this.table = table;
  }

  forward(): tf.Tensor {
    return this.table;
  }
}

/** What a network computes, as a table. */
export function foldedPrompt(encoder: VirtualTokens): PromptTable {
  return new PromptTable(tf.tidy(() => encoder.forward()));
}
