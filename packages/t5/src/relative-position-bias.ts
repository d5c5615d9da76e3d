import * as tf from '@tensorflow/tfjs';
import { Embedding, type Module, type ParameterSource } from '@cloze/core';
import type { T5Config } from './config.ts';
import { fanNormal } from './initializers.ts';

/** How relative positions share buckets. */
interface BucketOptions {
  readonly numBuckets: number;
  readonly maxDistance: number;
  /** Whether targets attend to what follows them: half of the buckets is for that. */
  readonly isBidirectional: boolean;
}

/**
 * A number for each head and each bucket of relative positions, added to the scores of attention. One table serves all layers of a stack.
 *
 * @see Raffel et al. 2020, section 2.1. <https://arxiv.org/abs/1910.10683>
 */
export class RelativePositionBias implements Module {
  /** [buckets, H]. */
  readonly table: Embedding;
  readonly numBuckets: number;
  readonly maxDistance: number;
  readonly isBidirectional: boolean;

  constructor(config: T5Config, isBidirectional: boolean, source: ParameterSource) {
    const initializer = fanNormal(config, config.hiddenSize);
    this.table = new Embedding(config.numBuckets, config.numHeads, source.at('table'), { initializer });
    this.numBuckets = config.numBuckets;
    this.maxDistance = config.maxDistance;
    this.isBidirectional = isBidirectional;
  }

  /**
   * @param targets [B or 1, T] int32, positions of the queries.
   * @param sources [B or 1, S] int32, positions of the keys.
   * @returns [B or 1, H, T, S].
   */
  forward(targets: tf.Tensor, sources: tf.Tensor): tf.Tensor {
    const { maxDistance } = this;
    const relative = tf.sub(tf.expandDims(sources, 1), tf.expandDims(targets, 2)); // [B, T, S]
    const rows = tf.add(tf.clipByValue(relative, -maxDistance, maxDistance), tf.scalar(maxDistance, 'int32'));
    // Looked up and not computed: a logarithm that differs in its last bit would put a position into the next bucket.
    const buckets = tf.gather(tf.tensor1d(relativePositionBuckets(this), 'int32'), tf.cast(rows, 'int32'));
    return tf.transpose(this.table.forward(buckets), [0, 3, 1, 2]);
  }
}

/**
 * The bucket of each relative position (key minus query) from -maxDistance to maxDistance: a bucket per distance for small ones, then buckets that
 * grow with the logarithm. Beyond both ends the bucket is that of the end.
 *
 * @returns 2 * maxDistance + 1 buckets.
 */
export function relativePositionBuckets({ numBuckets, maxDistance, isBidirectional }: BucketOptions): Int32Array {
  const buckets = isBidirectional ? Math.floor(numBuckets / 2) : numBuckets;
  return Int32Array.from({ length: 2 * maxDistance + 1 }, (_, row) => {
    const relative = row - maxDistance;
    if (isBidirectional) return bucketOf(Math.abs(relative), buckets, maxDistance) + (relative > 0 ? buckets : 0);
    return bucketOf(Math.max(-relative, 0), buckets, maxDistance);
  });
}

function bucketOf(distance: number, numBuckets: number, maxDistance: number): number {
  const numExact = Math.floor(numBuckets / 2);
  if (distance < numExact) return distance;
  // In float32 as the reference: in double precision some distances fall on the other side of a border.
  const logarithm = Math.fround(Math.log(Math.fround(distance / numExact)));
  const share = Math.fround(logarithm / Math.fround(Math.log(maxDistance / numExact)));
  return Math.min(numExact + Math.trunc(Math.fround(share * (numBuckets - numExact))), numBuckets - 1);
}
