import * as tf from '@tensorflow/tfjs';
import { filledSlot, scalarAt, updateEach, type Optimizer } from './optimizer.ts';

/**
 * Stochastic gradient descent with PyTorch's momentum: `velocity = momentum * velocity + gradient; p -= rate * velocity`.
 *
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", whose velocity contains the learning rate; ours
 *   does not.
 */
export function sgd({ momentum = 0 }: { readonly momentum?: number } = {}): Optimizer {
  return {
    name: 'sgd',
    settings: { momentum },
    init: (parameters) => (momentum === 0 ? {} : { velocity: filledSlot(parameters, 0) }),
    scalars: (_, learningRate) => ({ learningRate }),
    update: (input) => {
      const learningRate = scalarAt(input.scalars, 'learningRate');
      return updateEach(input, (_, gradient, parameter, state) => {
        if (momentum === 0) return { parameter: tf.sub(parameter, tf.mul(gradient, learningRate)), state: {} };
        const velocity = tf.add(tf.mul(state('velocity'), momentum), gradient);
        return { parameter: tf.sub(parameter, tf.mul(velocity, learningRate)), state: { velocity } };
      });
    },
  };
}
