import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { isJsonObject, parseJson, type JsonValue, type ParameterMap } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { adafactor } from './adafactor.ts';
import { adagrad } from './adagrad.ts';
import { adamUncorrected, adamw } from './adamw.ts';
import type { Optimizer, OptimizerState } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** Made with PyTorch and transformers by fixtures/generate.py. */
const fixture = fields(parseJson(readFileSync(join(import.meta.dirname, 'fixtures', 'optimizers.json'))));

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  adamw: adamw({ weightDecay: 0.1 }),
  adamUncorrected: adamUncorrected(),
  sgd: sgd(),
  momentum: sgd({ momentum: 0.9 }),
  adagrad: adagrad(),
  adafactor: adafactor(),
  adafactorPlain: adafactor({ scaleParameter: false, clipThreshold: 0.5, beta1: 0.9, weightDecay: 0.1 }),
  adafactorRelative: adafactor({ relativeStep: true, warmupInit: true }),
};

describe('optimizers', () => {
  leaksNoTensors();

  it.each(Object.entries(OPTIMIZERS))('%s agrees with the reference', (name, optimizer) => {
    tf.tidy(() => {
      let parameters = tensors(fixture.parameters);
      let state: OptimizerState = optimizer.init(parameters);
      items(fixture.gradients).forEach((gradients, index) => {
        const scalars = scalarsOf(optimizer.scalars(index + 1, 0.01));
        ({ parameters, state } = optimizer.update({ gradients: tensors(gradients), parameters, state, scalars }));
      });
      const expected = fields(fields(fixture.expected)[name]);
      expect(Object.keys(parameters)).toEqual(Object.keys(expected));
      for (const [path, parameter] of Object.entries(parameters)) {
        expect(parameter, path).toBeAllClose(tf.tensor(expected[path] as tf.TensorLike), { absolute: 2e-6 });
      }
    });
  });

  it.each(Object.entries(OPTIMIZERS))('%s leaves parameters without a gradient out', (_, optimizer) => {
    tf.tidy(() => {
      const { bias, ...others } = tensors(fixture.parameters);
      const parameters = { ...others, ...(bias && { bias }) };
      const updated = optimizer.update({
        gradients: bias ? { bias: tf.ones(bias.shape) } : {},
        parameters,
        state: optimizer.init(parameters),
        scalars: scalarsOf(optimizer.scalars(1, 0.01)),
      });
      expect(Object.keys(updated.parameters)).toEqual(['bias']);
      expect(new Set(Object.values(updated.state).flatMap((slot) => Object.keys(slot)))).toEqual(
        new Set(Object.keys(updated.state).length === 0 ? [] : ['bias']),
      );
    });
  });
});

function scalarsOf(numbers: Readonly<Record<string, number>>): Record<string, tf.Scalar> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]));
}

function tensors(value: JsonValue | undefined): ParameterMap {
  return Object.fromEntries(
    Object.entries(fields(value)).map(([path, values]) => [path, tf.tensor(values as tf.TensorLike)]),
  );
}

function fields(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  if (isJsonObject(value)) return value;
  throw new TypeError('optimizers.json: an object was expected.');
}

function items(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw new TypeError('optimizers.json: an array was expected.');
}
