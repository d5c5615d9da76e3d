import * as tf from '@tensorflow/tfjs';
import { positionOf } from './elements.ts';

/** How gradients are compared with finite differences. */
export interface GradientCheckOptions {
  /** Distance between the five points of the stencil; 0.05 unless given. Smaller where the function bends sharply. */
  readonly step?: number;
  /** Allowed difference as a share of the largest gradient of the same input (or of 1 where that is smaller); 1e-3 unless given. */
  readonly tolerance?: number;
}

/**
 * Compares the gradient of a function with respect to every element of every input with a five-point finite difference.
 *
 * The result of `f` may have any shape: it is reduced to a scalar by fixed irregular weights, so that errors do not cancel. Inputs must keep a
 * distance of two steps from kinks such as `relu` at 0. Costs four calls of `f` per element.
 *
 * @param f A differentiable function of float32 tensors; integer inputs are captured from outside.
 * @throws {Error} naming the input and the element with the largest difference.
 * @see Fornberg 1988, "Generation of Finite Difference Formulas on Arbitrarily Spaced Grids", table 1 (first derivative, order 4).
 */
export function checkGradients<const Inputs extends readonly tf.Tensor[]>(
  f: (...inputs: Inputs) => tf.Tensor,
  inputs: Inputs,
  { step = 0.05, tolerance = 1e-3 }: GradientCheckOptions = {},
): void {
  const call = (tensors: readonly tf.Tensor[]): tf.Tensor => f(...(tensors as Inputs));
  const analytic = analyticGradients(call, inputs);

  inputs.forEach((input, which) => {
    const numeric = numericGradient(
      (changed) => call(inputs.map((other, index) => (index === which ? changed : other))),
      input,
      step,
    );
    const got = analytic[which] ?? [];
    const scale = numeric.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    const differences = numeric.map((value, index) => Math.abs(value - (got[index] ?? Number.NaN)));
    const worst = differences.reduce((worst, value, index) => (value <= (differences[worst] ?? 0) ? worst : index), 0);
    if (differences.some((difference) => !(difference <= tolerance * scale))) {
      throw new Error(
        `checkGradients: input ${which} at ${positionOf(worst, input.shape)}: the gradient is ${short(got[worst])}, ` +
          `finite differences say ${short(numeric[worst])} (allowed difference ${short(tolerance * scale)}).`,
      );
    }
  });
}

function analyticGradients(
  call: (tensors: readonly tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
): number[][] {
  const gradients = tf.tidy(() =>
    tf.grads((...tensors) => {
      const output = call(tensors);
      const weights = Array.from({ length: output.size }, (_, index) => weight(index));
      return tf.sum(tf.mul(output, tf.tensor(weights, output.shape)));
    })([...inputs]),
  );
  const values = gradients.map((gradient) => Array.from(gradient.dataSync()));
  tf.dispose(gradients);
  return values;
}

function numericGradient(call: (input: tf.Tensor) => tf.Tensor, input: tf.Tensor, step: number): number[] {
  const values = Float32Array.from(input.dataSync());
  const at = (index: number, distance: number): number => {
    const changed = values.slice();
    changed[index] = (changed[index] ?? 0) + distance;
    const output = tf.tidy(() => call(tf.tensor(changed, input.shape)).dataSync());
    // Summed in float64: the difference of two sums is what is measured.
    return Array.from(output).reduce((sum, value, index) => sum + value * weight(index), 0);
  };
  return Array.from(values, (_, index) => {
    const near = at(index, step) - at(index, -step);
    const far = at(index, 2 * step) - at(index, -2 * step);
    return (8 * near - far) / (12 * step);
  });
}

/** In [-1, 1], without a pattern that sums along an axis could cancel. */
function weight(index: number): number {
  return Math.cos(1 + 3 * index);
}

function short(value = Number.NaN): string {
  return value.toPrecision(6);
}
