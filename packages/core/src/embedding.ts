import * as tf from '@tensorflow/tfjs';
import { normal, type Initializer } from './initializers.ts';
import { multiplyLastAxis } from './linear.ts';
import type { Module } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';
import { ensureUnsortedSegmentSum } from './unsorted-segment-sum.ts';

/** A table of vectors by id. */
export class Embedding implements Module {
  /** [V, D]. */
  readonly weight: tf.Tensor;

  /** @param initializer default: normal with standard deviation 0.02. */
  constructor(
    numEmbeddings: number,
    size: number,
    source: ParameterSource,
    { initializer = normal(0.02) }: { readonly initializer?: Initializer } = {},
  ) {
    this.weight = source.get('weight', [numEmbeddings, size], initializer);
  }

  /** @param ids [...] int32, each in 0 ... V - 1; returns [..., D]. Gradients of repeated ids add up. */
  forward(ids: tf.Tensor): tf.Tensor {
    ensureUnsortedSegmentSum();
    // One axis of ids: the gradient is then a plain segment sum.
    const rows = tf.gather(this.weight, tf.reshape(ids, [-1]));
    return tf.reshape(rows, [...ids.shape, this.weight.shape[1] ?? 1]);
  }

  /** The first `count` rows, [count, D]: the positions of a sequence that starts at 0. */
  firstRows(count: number): tf.Tensor {
    return tf.slice(this.weight, [0, 0], [count, -1]);
  }

  /** The table as output projection (tied embeddings): x [..., D] -> scores of every id [..., V]. */
  project(x: tf.Tensor): tf.Tensor {
    return multiplyLastAxis(x, this.weight, { transpose: true });
  }
}
