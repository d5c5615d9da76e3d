import * as tf from '@tensorflow/tfjs';
import { onnxRuntimeEngine } from '@cloze/jit';
import { disposeModule, parametersOf, withParameters, type ClozeError, type ParameterMap } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { TrainingEngine } from './compile.ts';
import { tinyModel, tinyOptions, tinyValidation, tinyWindows, type TinyOptions } from './fixtures/tiny-run.ts';
import { constant } from './schedules.ts';
import type { CheckpointStore, TrainingSnapshot } from './snapshot.ts';
import type { TrainingEvent } from './train-phases.ts';
import { train } from './train.ts';

type Bits = Readonly<Record<string, readonly number[]>>;

describe('train', () => {
  leaksNoTensors();

  it.each(engines())('learns through %s, one event per step', async (_, engine) => {
    const { events } = await run({
      ...tinyOptions(engine),
      numSteps: 40,
      schedule: constant(1e-2),
      data: tinyWindows,
      validation: { examples: tinyValidation, every: 20 },
    });
    expect(events.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (__, index) => index + 1));
    expect(events.filter(({ validationLoss }) => validationLoss !== undefined).map(({ step }) => step)).toEqual([
      20, 40,
    ]);
    expect(events[0]?.loss).toBeCloseTo(Math.log(23), 0);
    expect(events.at(-1)?.validationLoss).toBeLessThan(2);
    expect(events.at(-1)?.tokensPerSecond).toBeGreaterThan(0);
  });

  it.each(engines())('holds as many tensors after each step as after the first, through %s', async (_, engine) => {
    const training = train({
      ...tinyOptions(engine),
      model: tinyModel(),
      validation: { examples: tinyValidation, every: 3 },
    });
    const counts: number[] = [];
    for await (const { step } of training) counts[step] = tf.memory().numTensors;
    training.dispose();
    expect(new Set(counts.slice(1)).size).toBe(1);
  });

  it('gives nearly the same weights eagerly and compiled, dropout included', async () => {
    const [eager, compiled] = [await run(tinyOptions('tfjs')), await run(tinyOptions(onnxRuntimeEngine()))];
    for (const [path, values] of Object.entries(eager.weights)) {
      expect(compiled.weights[path], path).toBeAllClose([...values], { absolute: 1e-4, ofLargest: 1e-3 });
    }
    expect(compiled.events.map(({ batchHash }) => batchHash)).toEqual(eager.events.map(({ batchHash }) => batchHash));
  });

  it.each(engines())('makes the same update from micro-batches as from one batch, through %s', async (_, engine) => {
    const one = await run({ ...tinyOptions(engine), batchSize: 6, model: withoutDropout(), numSteps: 2 });
    const three = await run({
      ...tinyOptions(engine),
      batchSize: 2,
      accumulationSteps: 3,
      model: withoutDropout(),
      numSteps: 2,
    });
    expect(three.events[1]?.loss).toBeCloseTo(one.events[1]?.loss ?? 0, 5);
    expect(three.events[1]?.gradientNorm).toBeCloseTo(one.events[1]?.gradientNorm ?? 0, 5);
  });

  it('leaves frozen parameters as they are', async () => {
    const model = tinyModel();
    const before = bitsOf(parametersOf(model));
    const { weights } = await run({
      ...tinyOptions('tfjs'),
      model,
      numSteps: 2,
      trainable: (path) => path.endsWith('.bias'),
    });
    for (const [path, values] of Object.entries(before)) {
      if (path.endsWith('.bias')) expect(weights[path], path).not.toEqual(values);
      else expect(weights[path], path).toEqual(values);
    }
  });

  it.each(engines())('stops before an update that is not finite, through %s', async (_, engine) => {
    const model = tinyModel();
    const before = bitsOf(parametersOf(model));
    const training = train({ ...tinyOptions(engine), model, objective: brokenObjective() });
    const error = await collect(training).then(
      () => undefined,
      (thrown: unknown) => thrown as ClozeError,
    );
    expect(error?.code).toBe('NON_FINITE');
    expect(error?.exitCode).toBe(5);
    expect(error?.step).toBe(1);
    expect(error?.message).toContain('Step 1: loss and gradient norm must be finite, got NaN and NaN in batch');
    expect(bitsOf(parametersOf(training.model))).toEqual(before);
    training.dispose();
  });

  it('stops at the step after a learning rate that is far too high', async () => {
    const training = train({ ...tinyOptions('tfjs'), model: tinyModel(), schedule: constant(1e30) });
    await expect(collect(training)).rejects.toMatchObject({ code: 'NON_FINITE', step: 2 });
    training.dispose();
  });

  it('names a weight that was not finite to begin with', async () => {
    const model = tinyModel();
    const [path = '', old] = Object.entries(parametersOf(model))[5] ?? [];
    const broken = withParameters(model, { [path]: tf.fill(old?.shape ?? [], Number.NaN) });
    old?.dispose();
    const training = train({ ...tinyOptions('tfjs'), model: broken });
    await expect(collect(training)).rejects.toMatchObject({ code: 'NON_FINITE', step: 1, tensor: path });
    training.dispose();
  });

  it('saves and says how to resume when it is aborted', async () => {
    const controller = new AbortController();
    const store = memoryStore();
    const training = train({
      ...tinyOptions('tfjs'),
      model: tinyModel(),
      checkpoints: { store, every: 100 },
      signal: controller.signal,
    });
    const seen: number[] = [];
    const error = await (async () => {
      for await (const { step } of training) {
        seen.push(step);
        if (step === 4) controller.abort();
      }
    })().catch((thrown: unknown) => thrown as ClozeError);
    training.dispose();
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(store.saved).toEqual([4]);
    expect(error).toMatchObject({ code: 'CANCELLED', exitCode: 130, step: 4 });
    expect(error?.message).toBe('CANCELLED: memory/4: The run was stopped after step 4. Resume it from memory/4.');
  });

  it.each([
    ['seed', { key: [1, 2] }],
    ['phase', { phase: { name: 'head', step: 3 } }],
    ['data', { data: 'other' }],
    ['optimizer', { optimizer: { name: 'sgd', settings: {} } }],
    ['choice of trained parameters', { optimizerState: { firstMoment: {} } }],
  ])('refuses to resume with another %s', (what, change) => {
    const options = tinyOptions('tfjs');
    const { name, settings } = options.optimizer;
    const resume = {
      step: 3,
      phase: { name: 'training', step: 3 },
      key: [...options.key.toWords()],
      cursor: options.data.start,
      data: options.data.fingerprint,
      optimizer: { name, settings },
      optimizerState: {},
    };
    const model = tinyModel();
    expect(() => train({ ...options, model, resume: { ...resume, ...change } })).toThrow(
      `CHECKPOINT_MISMATCH: The ${what} must be that of the run to be resumed`,
    );
    disposeModule(model);
  });
});

function engines(): [string, TrainingEngine][] {
  return [
    ['tfjs', 'tfjs'],
    ['onnxruntime', onnxRuntimeEngine()],
  ];
}

async function run(options: Omit<TinyOptions, 'model'> & Partial<Pick<TinyOptions, 'model'>>) {
  const training = train({ ...options, model: options.model ?? tinyModel() });
  const events = await collect(training);
  const weights = bitsOf(parametersOf(training.model));
  training.dispose();
  return { events, weights };
}

async function collect(training: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of training) events.push(event);
  return events;
}

function bitsOf(parameters: ParameterMap): Bits {
  return Object.fromEntries(Object.entries(parameters).map(([path, tensor]) => [path, [...tensor.dataSync()]]));
}

function withoutDropout() {
  return tinyModel(undefined, { dropout: 0 });
}

function brokenObjective(): TinyOptions['objective'] {
  const { objective } = tinyOptions('tfjs');
  return {
    ...objective,
    loss: (...args) => {
      const result = objective.loss(...args);
      return { ...result, loss: tf.mul(result.loss, Number.NaN) };
    },
  };
}

function memoryStore(): CheckpointStore & { readonly saved: number[] } {
  const saved: number[] = [];
  return {
    saved,
    save: ({ step }: TrainingSnapshot) => {
      saved.push(step);
      return Promise.resolve({ step, path: `memory/${step}` });
    },
  };
}
