import * as tf from '@tensorflow/tfjs';
import { decayMatrices, filledSlot, scalarAt, updateEach, type DecayFilter, type Optimizer } from './optimizer.ts';

/** Settings of {@link adamw} and {@link adamUncorrected}. */
export interface AdamSettings {
  /** Decay rate of the first moment. Default 0.9. */
  readonly beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8; 1e-6 for {@link adamUncorrected}. */
  readonly epsilon?: number;
  /** Default 0.01. */
  readonly weightDecay?: number;
  /** Which parameters are decayed. Default: matrices and embeddings. */
  readonly decay?: DecayFilter;
}

/**
 * Adam with bias correction and decoupled weight decay: `p -= rate * (correctedFirst / (sqrt(correctedSecond) + epsilon) + decay * p)`.
 *
 * @see Kingma and Ba 2015, "Adam", algorithm 1. <https://arxiv.org/abs/1412.6980>
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2; as in PyTorch the decay is scaled by the learning rate.
 *   <https://arxiv.org/abs/1711.05101>
 */
export function adamw({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
  decay = decayMatrices,
}: AdamSettings = {}): Optimizer {
  return adam('adamw', { beta1, beta2, epsilon, weightDecay }, decay, (step, learningRate) => {
    // Both corrections, moved out of the fraction so that each element needs one division.
    const secondCorrection = Math.sqrt(1 - beta2 ** step);
    return {
      stepSize: (learningRate * secondCorrection) / (1 - beta1 ** step),
      epsilon: epsilon * secondCorrection,
      decay: learningRate * weightDecay,
    };
  });
}

/**
 * BERT's optimizer: Adam without bias correction, decay added to the update.
 *
 * @see Devlin et al., `optimization.py`, `AdamWeightDecayOptimizer`. <https://github.com/google-research/bert>
 */
export function adamUncorrected({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-6,
  weightDecay = 0.01,
  decay = decayMatrices,
}: AdamSettings = {}): Optimizer {
  return adam('adam-uncorrected', { beta1, beta2, epsilon, weightDecay }, decay, (_, learningRate) => ({
    stepSize: learningRate,
    epsilon,
    decay: learningRate * weightDecay,
  }));
}

function adam(
  name: string,
  settings: { readonly beta1: number; readonly beta2: number; readonly epsilon: number; readonly weightDecay: number },
  isDecayed: DecayFilter,
  scalars: Optimizer['scalars'],
): Optimizer {
  const { beta1, beta2 } = settings;
  return {
    name,
    settings,
    init: (parameters) => ({ firstMoment: filledSlot(parameters, 0), secondMoment: filledSlot(parameters, 0) }),
    scalars,
    update: (input) => {
      const stepSize = scalarAt(input.scalars, 'stepSize');
      const epsilon = scalarAt(input.scalars, 'epsilon');
      const kept = tf.sub(1, scalarAt(input.scalars, 'decay'));
      return updateEach(input, (path, gradient, parameter, state) => {
        const firstMoment = tf.add(tf.mul(state('firstMoment'), beta1), tf.mul(gradient, 1 - beta1));
        const secondMoment = tf.add(tf.mul(state('secondMoment'), beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const change = tf.div(tf.mul(firstMoment, stepSize), tf.add(tf.sqrt(secondMoment), epsilon));
        const decayed = isDecayed(path, parameter) ? tf.mul(parameter, kept) : parameter;
        return { parameter: tf.sub(decayed, change), state: { firstMoment, secondMoment } };
      });
    },
  };
}
