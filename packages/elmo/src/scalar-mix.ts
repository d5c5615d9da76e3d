import * as tf from '@tensorflow/tfjs';
import { ones, tensorAt, theOnly, zeros, type Module, type ParameterSource } from '@cloze/core';

/** What keeps the variance of a constant layer from zero; AllenNLP takes the smallest normal float32, bilm-tf 1e-12. */
const VARIANCE_FLOOR = 1e-12;

/**
 * One vector per word out of all layers, for an end task: `gamma * sum over layers of softmax(scalars) * layer`.
 *
 * @see Peters et al. 2018, "Deep contextualized word representations", equation 1. <https://arxiv.org/abs/1802.05365>
 */
export class ScalarMix implements Module {
  /** One [1] per layer, as in AllenNLP's files. */
  readonly scalars: readonly tf.Tensor[];
  /** [1]. */
  readonly gamma: tf.Tensor;
  readonly normalizes: boolean;

  /** @param normalizes whether each layer is first brought to mean 0 and variance 1, over all words of the batch and all dimensions together. */
  constructor({ numLayers, normalizes }: { numLayers: number; normalizes: boolean }, source: ParameterSource) {
    const below = source.at('scalars');
    this.scalars = Array.from({ length: numLayers }, (_, index) => below.get(String(index), [1], zeros));
    this.gamma = source.get('gamma', [1], ones);
    this.normalizes = normalizes;
  }

  /**
   * @param layers each [B, T, D].
   * @param mask [B, T], 1 = a word; the others do not count in the normalization.
   * @returns [B, T, D].
   */
  forward(layers: readonly tf.Tensor[], mask: tf.Tensor): tf.Tensor {
    const weights = tf.split(tf.softmax(tf.concat([...this.scalars])), layers.length);
    const weighted = layers.map((layer, index) =>
      tf.mul(this.normalizes ? normalized(layer, mask) : layer, tensorAt(weights, index)),
    );
    return tf.mul(weighted.length === 1 ? theOnly(weighted) : tf.addN(weighted), this.gamma);
  }
}

function normalized(layer: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const isWord = tf.expandDims(mask, 2); // [B, T, 1]
  const count = tf.mul(tf.sum(mask), layer.shape[2] ?? 1);
  const mean = tf.div(tf.sum(tf.mul(layer, isWord)), count);
  const centred = tf.sub(layer, mean);
  const variance = tf.div(tf.sum(tf.square(tf.mul(centred, isWord))), count);
  return tf.div(centred, tf.sqrt(tf.add(variance, VARIANCE_FLOOR)));
}
