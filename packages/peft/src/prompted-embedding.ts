import * as tf from '@tensorflow/tfjs';
import { replaceModules, shapeOf, within, type Embedding, type ForwardOptions, type Module } from '@cloze/core';
import { tokenTableOf } from './token-table.ts';
import type { VirtualTokens } from './virtual-tokens.ts';

/** A table of vectors by id, and virtual tokens: their ids follow those of the table. Only looking up knows of them. */
export class PromptedEmbedding implements Embedding {
  readonly base: Embedding;
  /** [n, D]. */
  readonly prompt: tf.Tensor;
  readonly paddingId: number | undefined;

  constructor(base: Embedding, prompt: tf.Tensor) {
    this.base = base;
    this.prompt = prompt;
    this.paddingId = base.paddingId;
  }

  get weight(): tf.Tensor {
    return this.base.weight;
  }

  /** @param ids [...] int32, each in 0 ... V + n - 1; returns [..., D]. */
  forward(ids: tf.Tensor): tf.Tensor {
    const [firstId, size] = shapeOf(this.base.weight, 2, 'PromptedEmbedding: weight');
    const [numVirtualTokens] = shapeOf(this.prompt, 2, 'PromptedEmbedding: prompt');
    const real = this.base.forward(tf.minimum(ids, tf.scalar(firstId - 1, 'int32')));
    // A product and not a gather: the rows are few, and so its gradient is a product, too.
    const isVirtual = tf.oneHot(tf.reshape(tf.sub(ids, tf.scalar(firstId, 'int32')), [-1]), numVirtualTokens);
    const virtual = tf.matMul(tf.cast(isVirtual, 'float32'), this.prompt); // [N, D], 0 for real tokens
    const isReal = tf.expandDims(tf.cast(tf.less(ids, firstId), 'float32'), -1);
    return tf.add(tf.mul(real, isReal), tf.reshape(virtual, [...ids.shape, size]));
  }

  firstRows(count: number): tf.Tensor {
    return this.base.firstRows(count);
  }

  project(x: tf.Tensor): tf.Tensor {
    return this.base.project(x);
  }
}

/** The same model with a table that knows the first n vectors of a prompt, too. */
export function withPrompt<M extends Module>(
  model: M,
  { prompt, numVirtualTokens }: { readonly prompt: VirtualTokens; readonly numVirtualTokens: number },
  options: ForwardOptions,
): M {
  const { embedding, scale } = tokenTableOf(model);
  const vectors = tf.slice(prompt.forward(within(options, 'prompt')), [0, 0], [numVirtualTokens, -1]);
  const prompted = new PromptedEmbedding(embedding, scale === 1 ? vectors : tf.div(vectors, scale));
  return replaceModules(model, (module) => (module === embedding ? prompted : module));
}
