import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { parametersOf, RandomKey, withParameters, type ModelFamily, type ParameterMap } from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { TensorsByName } from '@cloze/objectives';
import { outputTensor, tensorOutputs, withFixture, type FamilyFixture } from './fixture.ts';
import { lossAndGradients } from './loss-and-gradients.ts';
import { roundingOf } from './rounding.ts';

/** The compiled model equals the eager one: outputs within 1e-5, the loss and all gradients with dropout on within 1e-4 of the largest. */
export function testCompiled(family: ModelFamily, fixture: FamilyFixture): void {
  describe(`${basename(fixture.folder)} (${fixture.task}), compiled`, () => {
    it('computes the eager outputs', async () => {
      await withFixture(family, fixture, async ({ model, inputs }) => {
        const forward = (parameters: ParameterMap, inputs: TensorsByName): TensorsByName => {
          const outputs = withParameters(model, parameters).forward(inputs);
          return Object.fromEntries(tensorOutputs(outputs).map((name) => [name, outputTensor(outputs, name)]));
        };
        const compiled = jit(forward, { engine: onnxRuntimeEngine() });
        const parameters = parametersOf(model);
        const got = await compiled(parameters, inputs);
        const eager = Object.entries(forward(parameters, inputs));
        expect(eager.length).toBeGreaterThan(0);
        for (const [name, output] of eager) expect(got[name], name).toBeAllClose(output, { absolute: 1e-5 });
        tf.dispose(got);
        compiled.dispose();
      });
    });

    it('computes the eager loss and gradients, dropout included', async () => {
      await withFixture(family, fixture, async ({ model, inputs, targets }) => {
        if (targets === undefined) return;
        const step = (parameters: ParameterMap, inputs: TensorsByName, targets: TensorsByName, words: tf.Tensor) => {
          const key = RandomKey.fromTensor(words);
          return lossAndGradients(model, parameters, { task: fixture.task, inputs, targets, key });
        };
        const words = tf.tensor1d(Int32Array.from(RandomKey.fromSeed(3).toWords()), 'int32');
        const compiled = jit(step, { engine: onnxRuntimeEngine() });
        const parameters = parametersOf(model);
        const got = await compiled(parameters, inputs, targets, words);
        const eager = step(parameters, inputs, targets, words);
        expect(got.loss).toBeAllClose(eager.loss, { relative: 1e-5 });
        const absolute = roundingOf(Object.values(eager.gradients).map((gradient) => gradient.dataSync()));
        for (const [path, gradient] of Object.entries(eager.gradients)) {
          expect(got.gradients[path], path).toBeAllClose(gradient, { ofLargest: 1e-4, absolute });
        }
        tf.dispose([got.loss, ...Object.values(got.gradients)]);
        compiled.dispose();
      });
    });
  });
}
