import * as tf from '@tensorflow/tfjs';
import type { ParameterMap } from '@cloze/core';
import { filledSlot, scalarAt, updateEach, type Optimizer } from './optimizer.ts';

/** Settings of {@link adafactor}. */
export interface AdafactorSettings {
  /** Added to squared gradients. Default 1e-30. */
  readonly epsilon1?: number;
  /** The least scale of a parameter. Default 1e-3. */
  readonly epsilon2?: number;
  /** The largest root mean square of an update before scaling. Default 1. */
  readonly clipThreshold?: number;
  /** The second moment decays with `1 - step^decayRate`. Default -0.8. */
  readonly decayRate?: number;
  /** Decay rate of the first moment; 0 = none is kept. Default 0. */
  readonly beta1?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Updates are relative to the root mean square of their parameter. Default true. */
  readonly scaleParameter?: boolean;
  /** The learning rate is `min(1e-2, 1 / sqrt(step))`, and what the schedule says is ignored. Default false. */
  readonly relativeStep?: boolean;
  /** With `relativeStep`: `1e-6 * step` in place of 1e-2. Default false. */
  readonly warmupInit?: boolean;
}

/**
 * Adafactor as Hugging Face transformers has it: the second moment of each tensor with two or more axes is kept as row and column means. (The
 * authors' Mesh TensorFlow version factors only where the two largest axes have at least 128 elements.)
 *
 * @see Shazeer and Stern 2018, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", algorithms 4 and 5.
 *   <https://arxiv.org/abs/1804.04235>
 */
export function adafactor({
  epsilon1 = 1e-30,
  epsilon2 = 1e-3,
  clipThreshold = 1,
  decayRate = -0.8,
  beta1 = 0,
  weightDecay = 0,
  scaleParameter = true,
  relativeStep = false,
  warmupInit = false,
}: AdafactorSettings = {}): Optimizer {
  return {
    name: 'adafactor',
    settings: {
      epsilon1,
      epsilon2,
      clipThreshold,
      decayRate,
      beta1,
      weightDecay,
      scaleParameter,
      relativeStep,
      warmupInit,
    },
    init: (parameters) => ({
      rowMean: factors(parameters, -1),
      columnMean: factors(parameters, -2),
      secondMoment: filledSlot(
        select(parameters, (tensor) => tensor.rank < 2),
        0,
      ),
      ...(beta1 === 0 ? {} : { firstMoment: filledSlot(parameters, 0) }),
    }),
    scalars: (step, learningRate) => ({
      learningRate: relativeStep ? Math.min(warmupInit ? 1e-6 * step : 1e-2, 1 / Math.sqrt(step)) : learningRate,
      gradientWeight: step ** decayRate,
    }),
    update: (input) => {
      const learningRate = scalarAt(input.scalars, 'learningRate');
      const gradientWeight = scalarAt(input.scalars, 'gradientWeight');
      return updateEach(input, (_, gradient, parameter, state) => {
        const squared = tf.add(tf.square(gradient), epsilon1);
        const decayed = (slot: string, value: tf.Tensor): tf.Tensor =>
          tf.add(tf.mul(state(slot), tf.sub(1, gradientWeight)), tf.mul(value, gradientWeight));
        const { update, moments } = (gradient.rank >= 2 ? factoredUpdate : plainUpdate)(gradient, squared, decayed);
        const clip = tf.maximum(tf.div(rootMeanSquare(update), clipThreshold), 1);
        const rate = scaleParameter
          ? tf.mul(learningRate, tf.maximum(rootMeanSquare(parameter), epsilon2))
          : learningRate;
        const scaled = tf.mul(update, tf.div(rate, clip));
        const change = beta1 === 0 ? scaled : tf.add(tf.mul(state('firstMoment'), beta1), tf.mul(scaled, 1 - beta1));
        const base = weightDecay === 0 ? parameter : tf.mul(parameter, tf.sub(1, tf.mul(rate, weightDecay)));
        return {
          parameter: tf.sub(base, change),
          state: { ...moments, ...(beta1 !== 0 && { firstMoment: change }) },
        };
      });
    },
  };
}

/** A direction, and the moments that it was made of. */
interface Direction {
  readonly update: tf.Tensor;
  readonly moments: Readonly<Record<string, tf.Tensor>>;
}

/** The gradient over the root of its second moment, as the product of row and column means gives it. */
function factoredUpdate(
  gradient: tf.Tensor,
  squared: tf.Tensor,
  decayed: (slot: string, value: tf.Tensor) => tf.Tensor,
): Direction {
  const rowMean = decayed('rowMean', tf.mean(squared, -1));
  const columnMean = decayed('columnMean', tf.mean(squared, -2));
  const row = tf.rsqrt(tf.div(rowMean, tf.mean(rowMean, -1, true)));
  const update = tf.mul(tf.mul(gradient, tf.expandDims(row, -1)), tf.expandDims(tf.rsqrt(columnMean), -2));
  return { update, moments: { rowMean, columnMean } };
}

/** The gradient over the root of its second moment. */
function plainUpdate(
  gradient: tf.Tensor,
  squared: tf.Tensor,
  decayed: (slot: string, value: tf.Tensor) => tf.Tensor,
): Direction {
  const secondMoment = decayed('secondMoment', squared);
  return { update: tf.mul(gradient, tf.rsqrt(secondMoment)), moments: { secondMoment } };
}

/** Zeros in the shapes that tensors of at least two axes have without one of their axes. */
function factors(parameters: ParameterMap, axis: -1 | -2): ParameterMap {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([, { rank }]) => rank >= 2)
      .map(([path, { shape }]) => [path, tf.zeros(shape.toSpliced(axis, 1))]),
  );
}

function select(parameters: ParameterMap, filter: (tensor: tf.Tensor) => boolean): ParameterMap {
  return Object.fromEntries(Object.entries(parameters).filter(([, tensor]) => filter(tensor)));
}

function rootMeanSquare(tensor: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.mean(tf.square(tensor)));
}
