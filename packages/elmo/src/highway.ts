import * as tf from '@tensorflow/tfjs';
import { constant, Linear, normal, type Initializer, type Module, type ParameterSource } from '@cloze/core';

/**
 * A highway layer: a gate between a nonlinear transform and the input itself, `c * relu(transform(x)) + (1 - c) * x` with `c = sigmoid(carry(x))`.
 *
 * As in bilm-tf the gate opens the transform, whatever its name says; it starts nearly closed.
 *
 * @see Srivastava et al. 2015, "Highway Networks", equation 3. <https://arxiv.org/abs/1505.00387>
 */
export class Highway implements Module {
  readonly carry: Linear;
  readonly transform: Linear;

  constructor(size: number, source: ParameterSource) {
    const initializer = normal(Math.sqrt(1 / size));
    this.carry = new Linear(size, size, withBias(source.at('carry'), constant(-2)), { initializer });
    this.transform = new Linear(size, size, source.at('transform'), { initializer });
  }

  /** @param x [..., D]; returns [..., D]. */
  forward(x: tf.Tensor): tf.Tensor {
    const carry = tf.sigmoid(this.carry.forward(x));
    const transformed = tf.relu(this.transform.forward(x));
    return tf.add(tf.mul(carry, transformed), tf.mul(tf.sub(1, carry), x));
  }
}

/** A source that begins biases with other values than zero. */
function withBias(source: ParameterSource, initializer: Initializer): ParameterSource {
  return {
    at: (...names) => withBias(source.at(...names), initializer),
    get: (name, shape, given) => source.get(name, shape, name === 'bias' ? initializer : given),
  };
}
