import * as tf from '@tensorflow/tfjs';
import { filledSlot, scalarAt, updateEach, type Optimizer } from './optimizer.ts';

/** Settings of {@link adagrad}. */
export interface AdagradSettings {
  /** What the sums of squares begin with. Default 1, ELMo's. */
  readonly initialAccumulator?: number;
  /** Default 1e-10. */
  readonly epsilon?: number;
}

/**
 * Adagrad: each element's learning rate falls with the root of the sum of its squared gradients.
 *
 * @see Duchi et al. 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization".
 *   <https://jmlr.org/papers/v12/duchi11a.html>
 */
export function adagrad({ initialAccumulator = 1, epsilon = 1e-10 }: AdagradSettings = {}): Optimizer {
  return {
    name: 'adagrad',
    settings: { initialAccumulator, epsilon },
    init: (parameters) => ({ sumOfSquares: filledSlot(parameters, initialAccumulator) }),
    scalars: (_, learningRate) => ({ learningRate }),
    update: (input) => {
      const learningRate = scalarAt(input.scalars, 'learningRate');
      return updateEach(input, (_, gradient, parameter, state) => {
        const sumOfSquares = tf.add(state('sumOfSquares'), tf.square(gradient));
        const change = tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(sumOfSquares), epsilon));
        return { parameter: tf.sub(parameter, change), state: { sumOfSquares } };
      });
    },
  };
}
