import * as tf from '@tensorflow/tfjs';
import { defineOperation } from './operation.ts';
import { tensorAt, theOnly } from './tensor-shape.ts';

/** The names of the activations; `gelu` is the exact one. */
export type Activation = 'gelu' | 'geluTanh' | 'relu' | 'silu' | 'tanh';

/** The activation functions by name; all are elementwise. */
export const ACTIVATIONS: Readonly<Record<Activation, (x: tf.Tensor) => tf.Tensor>> = {
  gelu,
  geluTanh,
  relu: (x) => tf.relu(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  tanh: (x) => tf.tanh(x),
};

/**
 * Gaussian error linear unit, `x * P(X <= x)` for a standard normal X, by the error function.
 *
 * @see Hendrycks and Gimpel 2016, "Gaussian Error Linear Units (GELUs)", section 2. <https://arxiv.org/abs/1606.08415>
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return theOnly(geluOperation({ x }, { approximate: 'none' }));
}

/**
 * {@link gelu} by its hyperbolic tangent approximation, as GPT uses it. Hugging Face calls it `gelu_new` and `gelu_pytorch_tanh`.
 *
 * @see Hendrycks and Gimpel 2016, section 2, second approximation. <https://arxiv.org/abs/1606.08415>
 */
export function geluTanh(x: tf.Tensor): tf.Tensor {
  return theOnly(geluOperation({ x }, { approximate: 'tanh' }));
}

interface GeluAttributes {
  readonly approximate: 'none' | 'tanh';
}

const geluOperation = defineOperation<'x', GeluAttributes, 'x'>({
  name: 'Gelu',
  compute: ({ x }, { approximate }) => {
    const twiceProbability =
      approximate === 'none' ? tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1) : tf.add(tf.tanh(tanhArgument(x)), 1);
    return [tf.mul(tf.mul(x, 0.5), twiceProbability)];
  },
  gradient: {
    saveInputs: ['x'],
    saveOutputs: [],
    compute: ({ dy, inputs, attributes }) => ({
      x: theOnly(geluGradient({ dy: tensorAt(dy, 0), x: inputs.x }, attributes)),
    }),
  },
});

const geluGradient = defineOperation<'dy' | 'x', GeluAttributes>({
  name: 'GeluGrad',
  compute: ({ dy, x }, { approximate }) => {
    if (approximate === 'none') {
      const probability = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy, tf.add(probability, tf.mul(x, density)))];
    }
    const t = tf.tanh(tanhArgument(x));
    const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * TANH_CUBIC), 1), TANH_SCALE);
    const ofTanh = tf.mul(tf.mul(x, 0.5), tf.mul(tf.sub(1, tf.square(t)), slope));
    return [tf.mul(dy, tf.add(tf.mul(tf.add(t, 1), 0.5), ofTanh))];
  },
});

const TANH_SCALE = Math.sqrt(2 / Math.PI);
const TANH_CUBIC = 0.044715;

function tanhArgument(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), TANH_CUBIC), 1)), TANH_SCALE);
}
