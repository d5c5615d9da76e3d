import * as tf from '@tensorflow/tfjs';
import { ones } from './initializers.ts';
import type { Module } from './module.ts';
import { defineOperation } from './operation.ts';
import type { ParameterSource } from './parameter-source.ts';
import { tensorAt } from './tensor-shape.ts';

/**
 * Root mean square normalization over the last axis: `x / sqrt(mean(x^2) + epsilon) * weight`. No mean is subtracted, and there is no bias.
 *
 * @see Zhang and Sennrich 2019, "Root Mean Square Layer Normalization", equation 4. <https://arxiv.org/abs/1910.07467>
 */
export class RmsNorm implements Module {
  /** [D]. */
  readonly weight: tf.Tensor;
  readonly epsilon: number;

  constructor(size: number, epsilon: number, source: ParameterSource) {
    this.weight = source.get('weight', [size], ones);
    this.epsilon = epsilon;
  }

  /** @param x [..., D]; returns [..., D]. */
  forward(x: tf.Tensor): tf.Tensor {
    return rmsNormalization(x, this.weight, this.epsilon);
  }
}

/** {@link RmsNorm} as a function: x [..., D], scale [D] -> [..., D]. */
export function rmsNormalization(x: tf.Tensor, scale: tf.Tensor, epsilon: number): tf.Tensor {
  const outputs = rmsNormOperation({ x, scale }, { epsilon });
  // Only the tape needs the inverse, and it keeps its own reference.
  tensorAt(outputs, 1).dispose();
  return tensorAt(outputs, 0);
}

const rmsNormOperation = defineOperation<'x' | 'scale', { readonly epsilon: number }, 'x' | 'scale'>({
  name: 'RmsNormalization',
  compute: ({ x, scale }, { epsilon }) => {
    const inverseRms = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)); // [..., 1]
    return [tf.mul(tf.mul(x, inverseRms), scale), inverseRms];
  },
  gradient: {
    saveInputs: ['x', 'scale'],
    saveOutputs: [1],
    compute: ({ dy, inputs: { x, scale }, outputs }) => {
      const inverseRms = tensorAt(outputs, 0);
      const gradients = rmsNormGradient({ dy: tensorAt(dy, 0), x, scale, inverseRms }, {});
      return { x: tensorAt(gradients, 0), scale: tensorAt(gradients, 1) };
    },
  },
});

const rmsNormGradient = defineOperation<'dy' | 'x' | 'scale' | 'inverseRms', object>({
  name: 'RmsNormalizationGrad',
  compute: ({ dy, x, scale, inverseRms }) => {
    const normalized = tf.mul(x, inverseRms);
    const dNormalized = tf.mul(dy, scale);
    const alongNormalized = tf.mul(normalized, tf.mean(tf.mul(dNormalized, normalized), -1, true));
    const dx = tf.mul(tf.sub(dNormalized, alongNormalized), inverseRms);
    const rows = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
    return [dx, tf.sum(tf.mul(dy, normalized), rows)];
  },
});
