import { basename } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { isTensor, parametersOf, toCheckpointTensors, toHostTensor, type ModelFamily } from '@cloze/core';
import '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { TASK_LOSSES } from '@cloze/objectives';
import { withFixture, type FamilyFixture } from './fixture.ts';
import { lossAndGradients } from './loss-and-gradients.ts';
import { roundingOf } from './rounding.ts';

/**
 * Compares a family with the reference implementation: every hidden state, the logits, the loss and the gradient of every parameter, every element.
 *
 * Tolerances: 1e-4 absolute on outputs, 1e-5 relative on the loss, 1e-4 of the tensor's largest magnitude on gradients. Gradients that
 * are zero in exact arithmetic, as of a bias that softmax does not see, are rounding errors on both sides: 1e-6 of the largest gradient of the model is
 * allowed besides.
 */
export function testParity(family: ModelFamily, fixture: FamilyFixture): void {
  describe(`${basename(fixture.folder)} (${fixture.task})`, () => {
    it('computes the outputs of the reference', async () => {
      await withFixture(family, fixture, async ({ model, inputs, expected }) => {
        const outputs = model.forward(inputs);
        const wanted = [...expected].filter(([name]) => name.startsWith('output.') && name !== 'output.loss');
        expect(wanted.length).toBeGreaterThan(0);
        for (const [name, { shape, data }] of wanted) {
          const output = at(outputs, ourName(fixture.task, name.slice('output.'.length)));
          expect(output.shape, name).toEqual(shape);
          expect((await toHostTensor(output)).data, name).toBeAllClose(data as Float32Array, { absolute: 1e-4 });
        }
      });
    });

    it('computes the loss and every gradient of the reference', async () => {
      await withFixture(family, fixture, async ({ model, names, inputs, targets, expected }) => {
        const wantedLoss = expected.get('output.loss');
        if (targets === undefined || wantedLoss === undefined) return;
        const parameters = parametersOf(model, (path) => names.entries[path]?.isBuffer !== true);
        const { loss, gradients } = lossAndGradients(model, parameters, { task: fixture.task, inputs, targets });
        expect(loss.dataSync()).toBeAllClose(wantedLoss.data as Float32Array, { relative: 1e-5 });
        const byName = await toCheckpointTensors(gradients, names);
        const wanted = [...expected].filter(([name]) => name.startsWith('grad.'));
        expect([...byName.keys()].sort()).toEqual(wanted.map(([name]) => name.slice('grad.'.length)).sort());
        const absolute = roundingOf(wanted.map(([, { data }]) => data as Float32Array));
        for (const [name, { shape, data }] of wanted) {
          const gradient = byName.get(name.slice('grad.'.length));
          expect(gradient?.shape, name).toEqual(shape);
          expect(gradient?.data, name).toBeAllClose(data as Float32Array, { ofLargest: 1e-4, absolute });
        }
      });
    });
  });
}

function ourName(task: string, published: string): string {
  const names = Object.entries(TASK_LOSSES[task]?.publishedNames ?? {});
  return names.find(([, name]) => name === published)?.[0] ?? published;
}

/** `hidden_states.1` -> `outputs.hiddenStates[1]`. */
function at(outputs: unknown, path: string): tf.Tensor {
  const found = path.split('.').reduce<unknown>((node, name) => {
    const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return typeof node === 'object' && node !== null ? Reflect.get(node, camel) : undefined;
  }, outputs);
  if (!isTensor(found)) throw new Error(`The model has no output ${path}.`);
  return found;
}
