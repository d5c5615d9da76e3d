import * as tf from '@tensorflow/tfjs';
import { normal, type Initializer } from './initializers.ts';
import { multiplyLastAxis } from './linear.ts';
import type { Module } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';
import { stopGradient } from './stop-gradient.ts';
import { ensureUnsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Settings of {@link Embedding}. */
export interface EmbeddingOptions {
  /** First values of the table. Default: normal with standard deviation 0.02. */
  readonly initializer?: Initializer;
  /** The id of padding: its row begins at zero and is not trained by being looked up, as in PyTorch. Default: none. */
  readonly paddingId?: number;
}

/** A table of vectors by id. */
export class Embedding implements Module {
  /** [V, D]. */
  readonly weight: tf.Tensor;
  readonly paddingId: number | undefined;

  constructor(
    numEmbeddings: number,
    size: number,
    source: ParameterSource,
    { initializer = normal(0.02), paddingId }: EmbeddingOptions = {},
  ) {
    const first = paddingId === undefined ? initializer : withZeroRow(initializer, paddingId);
    this.weight = source.get('weight', [numEmbeddings, size], first);
    this.paddingId = paddingId;
  }

  /** @param ids [...] int32, each in 0 ... V - 1; returns [..., D]. Gradients of repeated ids add up. */
  forward(ids: tf.Tensor): tf.Tensor {
    ensureUnsortedSegmentSum();
    // One axis of ids: the gradient is then a plain segment sum.
    const rows = tf.gather(this.weight, tf.reshape(ids, [-1]));
    const trained = this.paddingId === undefined ? rows : withFixedPadding(rows, ids, this.paddingId);
    return tf.reshape(trained, [...ids.shape, this.weight.shape[1] ?? 1]);
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

/** @param rows [N, D], of N ids. */
function withFixedPadding(rows: tf.Tensor, ids: tf.Tensor, paddingId: number): tf.Tensor {
  const isPadding = tf.reshape(tf.equal(ids, paddingId), [-1, 1]);
  return tf.where(isPadding, stopGradient(rows), rows);
}

function withZeroRow(initializer: Initializer, row: number): Initializer {
  return (shape, key) => {
    const [, size = 1] = shape;
    return initializer(shape, key).fill(0, row * size, (row + 1) * size);
  };
}
