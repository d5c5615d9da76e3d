import * as tf from '@tensorflow/tfjs';
import { ones, zeros } from './initializers.ts';
import type { Module } from './module.ts';
import { defineOperation } from './operation.ts';
import type { ParameterSource } from './parameter-source.ts';
import { tensorAt } from './tensor-shape.ts';

/**
 * Layer normalization over the last axis: `(x - mean) / sqrt(variance + epsilon) * weight + bias`.
 *
 * @see Ba, Kiros and Hinton 2016, "Layer Normalization", section 3. <https://arxiv.org/abs/1607.06450>
 */
export class LayerNorm implements Module {
  /** [D], called gain in the paper. */
  readonly weight: tf.Tensor;
  /** [D]. */
  readonly bias: tf.Tensor;
  readonly epsilon: number;

  constructor(size: number, epsilon: number, source: ParameterSource) {
    this.weight = source.get('weight', [size], ones);
    this.bias = source.get('bias', [size], zeros);
    this.epsilon = epsilon;
  }

  /** @param x [..., D]; returns [..., D]. */
  forward(x: tf.Tensor): tf.Tensor {
    return layerNormalization(x, this.weight, this.bias, this.epsilon);
  }
}

/** {@link LayerNorm} as a function: x [..., D], scale [D], bias [D] -> [..., D]. */
export function layerNormalization(x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const outputs = layerNormOperation({ x, scale, bias }, { epsilon });
  // Only the tape needs the statistics, and it keeps its own references.
  tf.dispose(outputs.slice(1));
  return tensorAt(outputs, 0);
}

const layerNormOperation = defineOperation<'x' | 'scale' | 'bias', { readonly epsilon: number }, 'x' | 'scale'>({
  name: 'LayerNormalization',
  compute: ({ x, scale, bias }, { epsilon }) => {
    const mean = tf.mean(x, -1, true); // [..., 1]
    const centered = tf.sub(x, mean);
    const inverseStandardDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon)); // [..., 1]
    const y = tf.add(tf.mul(tf.mul(centered, inverseStandardDeviation), scale), bias);
    return [y, mean, inverseStandardDeviation];
  },
  gradient: {
    saveInputs: ['x', 'scale'],
    saveOutputs: [1, 2],
    compute: ({ dy, inputs: { x, scale }, outputs }) => {
      const [mean, inverseStandardDeviation] = [tensorAt(outputs, 0), tensorAt(outputs, 1)];
      const gradients = layerNormGradient({ dy: tensorAt(dy, 0), x, scale, mean, inverseStandardDeviation }, {});
      return { x: tensorAt(gradients, 0), scale: tensorAt(gradients, 1), bias: tensorAt(gradients, 2) };
    },
  },
});

const layerNormGradient = defineOperation<'dy' | 'x' | 'scale' | 'mean' | 'inverseStandardDeviation', object>({
  name: 'LayerNormalizationGrad',
  compute: ({ dy, x, scale, mean, inverseStandardDeviation }) => {
    const normalized = tf.mul(tf.sub(x, mean), inverseStandardDeviation);
    const dNormalized = tf.mul(dy, scale);
    const alongNormalized = tf.mul(normalized, tf.mean(tf.mul(dNormalized, normalized), -1, true));
    const dx = tf.mul(
      tf.sub(tf.sub(dNormalized, tf.mean(dNormalized, -1, true)), alongNormalized),
      inverseStandardDeviation,
    );
    const rows = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
    return [dx, tf.sum(tf.mul(dy, normalized), rows), tf.sum(dy, rows)];
  },
});
