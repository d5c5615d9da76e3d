import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { parametersOf, RandomKey, withParameters, type ModelFamily, type ParameterMap } from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import type { TensorsByName } from '@cloze/objectives';
import {
  adapterFiles,
  createAdapter,
  loadAdapter,
  METHOD_NAMES,
  methodConfig,
  type AdaptedModel,
  type MethodName,
} from '@cloze/peft';
import '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { lossOf, withFixture, type FamilyFixture, type FixtureModel, type LoadedFixture } from './fixture.ts';
import { lossAndGradients } from './loss-and-gradients.ts';
import { roundingOf } from './rounding.ts';

/** Methods whose new parameters change what the model computes from the start: there are tokens where there were none. */
const WITH_TOKENS: readonly MethodName[] = ['prompt', 'p-tuning'];

/** Settings of {@link testAdapterMethods}. */
export interface AdapterMethodsOptions {
  /** Methods that make no sense for the model, with a part of the sentence that says so. Default: none. */
  readonly refused?: Readonly<Partial<Record<MethodName, string>>>;
}

/**
 * Fine-tunes a fixture by every method with its default settings: it starts as the model itself where it can, a step along the gradient lowers the loss, compiled
 * and eager gradients are equal, the base stays as it was, and what is saved computes the same when it is loaded. What makes no sense is refused.
 */
export function testAdapterMethods(
  family: ModelFamily,
  fixture: FamilyFixture,
  { refused = {} }: AdapterMethodsOptions = {},
): void {
  const methods = METHOD_NAMES.filter((name) => name !== 'full');
  const configOf = (method: MethodName) => {
    const config = methodConfig(method, fixture.task);
    if (config === undefined) throw new Error(`${method} has no adapter.`);
    return config.method === 'prefix' || config.method === 'prompt' || config.method === 'p-tuning'
      ? { ...config, numVirtualTokens: 2 }
      : config;
  };
  const create = (method: MethodName, { model, names }: LoadedFixture): AdaptedModel<FixtureModel> =>
    createAdapter(model, names, { config: configOf(method), key: RandomKey.fromSeed(1) });

  describe(`${basename(fixture.folder)} (${fixture.task}), fine-tuned`, () => {
    it.each(methods.filter((method) => refused[method] === undefined))('by %s', async (method) => {
      await withFixture(family, fixture, async (loaded) => {
        const { model, names, inputs, targets } = loaded;
        if (targets === undefined) throw new Error('The fixture has no targets.');
        const loss = (of: FixtureModel): number =>
          lossOf(fixture.task, of.forward(inputs), targets).dataSync()[0] ?? NaN;
        const lossOfBase = loss(model);
        const adapted = create(method, loaded);
        if (!WITH_TOKENS.includes(method) && method !== 'prefix')
          expect(loss(adapted.model)).toBeCloseTo(lossOfBase, 4);

        const trained = await improved(adapted, { task: fixture.task, inputs, targets });
        expect(loss(trained.model)).toBeLessThan(loss(adapted.model));
        expect(loss(model)).toBe(lossOfBase);
        const saved = loadAdapter(model, names, await adapterFiles(trained));
        expect(loss(saved.model)).toBeCloseTo(loss(trained.model), 4);
      });
    });

    it.each(Object.entries(refused))('not by %s', async (method, sentence) => {
      await withFixture(family, fixture, (loaded) => {
        expect(() => create(method as MethodName, loaded)).toThrow(sentence);
      });
    });
  });
}

/** A step along the gradient that should lower the loss by a tenth. */
async function improved(
  adapted: AdaptedModel<FixtureModel>,
  example: { readonly task: string; readonly inputs: TensorsByName; readonly targets: TensorsByName },
): Promise<AdaptedModel<FixtureModel>> {
  const { model, trainable } = adapted;
  const step = (trained: ParameterMap, frozen: ParameterMap, inputs: TensorsByName, targets: TensorsByName) =>
    lossAndGradients(withParameters(model, frozen), trained, { ...example, inputs, targets });
  const trained = parametersOf(model, trainable);
  const frozen = parametersOf(model, (path) => !trainable(path));
  const { loss, gradients } = step(trained, frozen, example.inputs, example.targets);
  const compiled = jit(step, { engine: onnxRuntimeEngine() });
  const got = await compiled(trained, frozen, example.inputs, example.targets);
  compiled.dispose();
  const absolute = roundingOf(Object.values(gradients).map((gradient) => gradient.dataSync()));
  for (const [path, gradient] of Object.entries(gradients)) {
    expect(got.gradients[path], path).toBeAllClose(gradient, { ofLargest: 1e-4, absolute });
  }
  const square = Object.values(gradients).reduce(
    (sum, gradient) => sum + (tf.sum(tf.square(gradient)).dataSync()[0] ?? 0),
    0,
  );
  expect(square).toBeGreaterThan(0);
  const rate = (0.1 * (loss.dataSync()[0] ?? NaN)) / square;
  const stepped = Object.entries(trained).map(([path, tensor]) => {
    const gradient = gradients[path] ?? tf.zerosLike(tensor);
    return [path, tf.sub(tensor, tf.mul(gradient, rate))] as const;
  });
  return { ...adapted, model: withParameters(model, Object.fromEntries(stepped)) };
}
