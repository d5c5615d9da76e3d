import * as tf from '@tensorflow/tfjs';

/** The same values, through which no gradient flows: what x was computed from gets zeros. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return detached(x);
}

const detached = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: (dy) => tf.zerosLike(dy),
}));
