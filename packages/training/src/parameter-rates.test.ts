import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { adafactor } from './adafactor.ts';
import { adagrad } from './adagrad.ts';
import { adamUncorrected, adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { withRates } from './parameter-rates.ts';
import { sgd } from './sgd.ts';

const OPTIMIZERS = [adamw(), adamUncorrected(), adafactor({ beta1: 0.9 }), adagrad(), sgd({ momentum: 0.9 })];
const RATES: Readonly<Record<string, number>> = { slow: 0.125, fast: 1, quick: 1 };

describe('withRates', () => {
  leaksNoTensors();

  it.each(OPTIMIZERS.map((optimizer) => [optimizer.name, optimizer] as const))(
    'gives each parameter the bits of its own learning rate, with %s',
    (_, optimizer) => {
      const together = valuesAfter(
        withRates(optimizer, Object.keys(RATES), (path) => RATES[path] ?? 0),
        0.01,
      );
      const slow = valuesAfter(optimizer, 0.01 * 0.125);
      const fast = valuesAfter(optimizer, 0.01);
      expect(together).toEqual({ slow: slow['slow'], fast: fast['fast'], quick: fast['quick'] });
    },
  );

  it('is the optimizer itself where all rates are 1', () => {
    const optimizer = adamw();
    expect(withRates(optimizer, ['a', 'b'], () => 1)).toBe(optimizer);
  });

  it.each([-1, Number.NaN, Infinity])('refuses a rate of %d', (rate) => {
    expect(() => withRates(sgd(), ['weight'], () => rate)).toThrow(
      `CONFIG_INVALID: The factor of the learning rate of weight must be a number of at least 0, got ${rate}.`,
    );
  });
});

/** After two updates with gradients that are the parameters. */
function valuesAfter(optimizer: Optimizer, learningRate: number): Record<string, readonly number[]> {
  return tf.tidy(() => {
    let parameters: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
      Object.keys(RATES).map((path, index) => [path, tf.tensor2d([1, -2, 3, index], [2, 2])]),
    );
    let state = optimizer.init(parameters);
    for (const step of [1, 2]) {
      const numbers = Object.entries(optimizer.scalars(step, learningRate));
      const scalars = Object.fromEntries(numbers.map(([name, value]) => [name, tf.scalar(value)]));
      ({ parameters, state } = optimizer.update({ gradients: parameters, parameters, state, scalars }));
    }
    return Object.fromEntries(Object.entries(parameters).map(([path, tensor]) => [path, [...tensor.dataSync()]]));
  });
}
