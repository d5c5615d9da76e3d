import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { parametersOf, type ModelFamily, type ParameterMap } from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import type { TensorsByName } from '@cloze/objectives';
import { describe, expect, it } from 'vitest';
import { withFixture, type FamilyFixture, type LoadedFixture } from './fixture.ts';
import { lossAndGradients } from './loss-and-gradients.ts';

const NUM_STEPS = 100;
/** Of each step, as a length in the space of all parameters. */
const STEP_LENGTH = 0.2;

/** A model that sees one batch again and again learns it: compiled gradient descent halves its loss. */
export function testOverfit(family: ModelFamily, fixture: FamilyFixture): void {
  describe(`${basename(fixture.folder)} (${fixture.task}), trained`, () => {
    it('learns one batch by heart', async () => {
      await withFixture(family, fixture, async (loaded) => {
        if (loaded.targets === undefined) return;
        const losses = await descend(loaded, fixture.task, loaded.targets);
        const [first = 0] = losses;
        expect(Math.min(...losses), losses.map((loss) => loss.toFixed(3)).join(' ')).toBeLessThan(first / 2);
      });
    });
  });
}

/** The losses of some steps of normalized gradient descent. */
async function descend(
  { model, names, inputs }: LoadedFixture,
  task: string,
  targets: TensorsByName,
): Promise<number[]> {
  const step = jit(
    (parameters: ParameterMap, inputs: TensorsByName, targets: TensorsByName) => {
      const { loss, gradients } = lossAndGradients(model, parameters, { task, inputs, targets });
      return { loss, parameters: descended(parameters, gradients) };
    },
    { engine: onnxRuntimeEngine(), donate: [0] },
  );
  const trained = parametersOf(model, (path) => names.entries[path]?.isBuffer !== true);
  let parameters: ParameterMap = Object.fromEntries(
    Object.entries(trained).map(([path, tensor]) => [path, tf.clone(tensor)]),
  );
  const losses: number[] = [];
  for (let index = 0; index < NUM_STEPS; index++) {
    const result = await step(parameters, inputs, targets);
    losses.push(...result.loss.dataSync());
    result.loss.dispose();
    ({ parameters } = result);
  }
  tf.dispose(Object.values(parameters));
  step.dispose();
  return losses;
}

function descended(parameters: ParameterMap, gradients: ParameterMap): ParameterMap {
  const norm = tf.sqrt(tf.addN(Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)))));
  const rate = tf.div(STEP_LENGTH, tf.add(norm, 1e-6));
  return Object.fromEntries(
    Object.entries(parameters).map(([path, parameter]) => {
      const gradient = gradients[path];
      return [path, gradient === undefined ? parameter : tf.sub(parameter, tf.mul(gradient, rate))];
    }),
  );
}
