import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disposeModule, parametersOf, RandomKey, type CausalLanguageModel, type ParameterMap } from '@cloze/core';
import { onnxRuntimeEngine } from '@cloze/jit';
import { createAdapter, loraConfig } from '@cloze/peft';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CheckpointFolder } from './checkpoint-folder.ts';
import type { TrainingEngine } from './compile.ts';
import {
  tinyModel,
  tinyNames,
  tinyOptions,
  tinyPhasedOptions,
  tinyPhasedRun,
  type TinyPhasedOptions,
} from './fixtures/tiny-run.ts';
import { constant } from './schedules.ts';
import type { CheckpointStore, TrainingSnapshot } from './snapshot.ts';
import { train } from './train.ts';
import { trainPhases, type Training, type TrainingEvent } from './train-phases.ts';

const isBias = (path: string): boolean => path.endsWith('.bias');
const isTopLayer = (path: string): boolean => path.includes('.layers.1.');

describe.each(engines())('trainPhases through %s', (_, engine) => {
  leaksNoTensors();

  it('runs through its phases and says which parameters each trains', async () => {
    const { events, phases } = await run({
      ...tinyOptions(engine),
      model: tinyModel(),
      phases: [
        { name: 'biases', numSteps: 2, schedule: (step) => step / 1000, trainable: isBias },
        { name: 'nothing', numSteps: 0, schedule: constant(1) },
        { name: 'all', numSteps: 1, schedule: (step) => step / 10 },
      ],
    });
    expect(events.map(({ step, phase, learningRate }) => [step, phase.name, learningRate])).toEqual([
      [1, 'biases', 0.001],
      [2, 'biases', 0.002],
      [3, 'all', 0.1],
    ]);
    expect(phases).toEqual([
      {
        name: 'biases',
        firstStep: 1,
        numSteps: 2,
        numTrainable: 368,
        numParameters: 7088,
        trainablePercent: expect.closeTo(5.192, 3) as number,
      },
      { name: 'nothing', firstStep: 3, numSteps: 0, numTrainable: 7088, numParameters: 7088, trainablePercent: 100 },
      { name: 'all', firstStep: 3, numSteps: 1, numTrainable: 7088, numParameters: 7088, trainablePercent: 100 },
    ]);
  });

  it('leaves what is frozen as it is, bit for bit and without a state', async () => {
    const model = tinyModel();
    const before = bitsOf(parametersOf(model));
    const { store, saved } = memoryStore();
    await run({
      ...tinyOptions(engine),
      model,
      phases: [
        { name: 'biases', numSteps: 2, schedule: constant(1e-2), trainable: isBias },
        { name: 'top', numSteps: 2, schedule: constant(1e-2), trainable: isTopLayer },
      ],
      checkpoints: { store, every: 2 },
    });
    const [first = {}, second = {}] = saved.map(({ parameters }) => parameters);
    for (const [path, values] of Object.entries(before)) {
      expect(isSame(first[path], values), path).toBe(!isBias(path));
      expect(isSame(second[path], first[path]), path).toBe(!isTopLayer(path));
    }
    for (const [index, filter] of [isBias, isTopLayer].entries()) {
      const trained = Object.keys(before).filter(filter);
      expect(saved[index]?.moments).toEqual({ firstMoment: trained, secondMoment: trained });
    }
  });

  it('gives a phase the bits that it has as a run of its own', async () => {
    const options = tinyOptions(engine);
    const phased = await run({
      ...options,
      model: tinyModel(),
      phases: [{ name: 'all', numSteps: 3, schedule: options.schedule }],
    });
    const training = train({ ...options, model: tinyModel(), numSteps: 3 });
    await collect(training);
    expect(bitsOf(parametersOf(training.model))).toEqual(phased.weights);
    training.dispose();
  });

  it('goes on after each step to the same bits, within phases and between them, and ends early alike', async () => {
    const straight = await runInFolder(engine);
    expect(straight.steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Object.keys(straight.files)).toContain('checkpoint-10/best.safetensors');
    const interrupted = await runInFolder(engine, [1, 3, 4, 5, 8, 9]);
    expect(interrupted.files).toEqual(straight.files);
    expect(interrupted.weights).toEqual(straight.weights);
    // Once more from the last checkpoint: there is nothing to do.
    const again = await runInFolder(engine, [12]);
    expect(again.steps).toEqual([]);
    expect(again.weights).toEqual(straight.weights);
  });

  it('ends with the parameters of the best evaluation, frozen ones as they were then', async () => {
    const model = tinyModel();
    const { store, saved } = memoryStore();
    const { weights, events } = await run({
      ...tinyPhasedOptions(engine, model),
      model,
      checkpoints: { store, every: 2 },
    });
    expect(events.filter(({ best }) => best !== undefined).map(({ best }) => [best?.step, best?.numWorse])).toEqual([
      [2, 0],
      [2, 1],
      [2, 2],
      [2, 3],
      [2, 4],
    ]);
    expect(weights).toEqual(saved[0]?.parameters);
    expect(weights).not.toEqual(saved.at(-1)?.parameters);
  });

  it('trains an adapter on a base that stays as it is', async () => {
    const base = tinyModel();
    const before = bitsOf(parametersOf(base));
    const adapter = { config: loraConfig({ rank: 2 }), key: RandomKey.fromSeed(3) };
    const { model, trainable } = createAdapter(base, tinyNames, adapter);
    const training = trainPhases({
      ...tinyOptions(engine),
      model,
      trainable,
      phases: [{ name: 'lora', numSteps: 2, schedule: constant(1e-2), trainable: (path) => !isBias(path) }],
    });
    expect(training.phases[0]?.numTrainable).toBe(2 * 2 * (16 + 48));
    await collect(training);
    expect(bitsOf(parametersOf(training.model, (path) => !trainable(path)))).toEqual(
      Object.fromEntries(Object.entries(before).map(([path, bits]) => [withBase(path), bits])),
    );
    training.dispose();
  });
});

describe('trainPhases', () => {
  leaksNoTensors();

  it('differentiates by nothing below the lowest parameter that it trains', async () => {
    const operationsOf = async (trainable: (path: string) => boolean): Promise<number> => {
      const { events } = await run({
        ...tinyOptions(onnxRuntimeEngine()),
        model: tinyModel(undefined, { dropout: 0 }),
        phases: [{ name: 'some', numSteps: 1, schedule: constant(1e-3), trainable }],
        clock: ticking(),
      });
      // The clock makes every step last a millisecond.
      return (events[0]?.gigaflopsPerSecond ?? 0) * 1e6;
    };
    const all = await operationsOf(() => true);
    const lastNorm = await operationsOf((path) => path.includes('finalNorm'));
    const forward = all / 3;
    const logits = 2 * 3 * 8 * 16 * 23;
    // The gradient of the logits' product by its input comes on top.
    expect(lastNorm).toBeLessThan(forward + 1.01 * logits);
  });

  it('measures what the objective does not, for early stopping too', async () => {
    let value = 0;
    const { events } = await run({
      ...tinyOptions('tfjs'),
      model: tinyModel(),
      phases: [{ name: 'all', numSteps: 5, schedule: constant(1e-3) }],
      validation: {
        examples: [Int32Array.of(1, 2, 3)],
        every: 1,
        measure: () => Promise.resolve({ f1: (value = 0.9 - value) }),
        earlyStopping: { metric: 'f1', patience: 2 },
      },
    });
    expect(events.map(({ validationMetrics }) => validationMetrics?.['f1'])).toEqual([0.9, 0, 0.9]);
  });

  it('resumes no phase as another', () => {
    const model = tinyModel();
    const options = tinyPhasedOptions('tfjs', model);
    const { name, settings } = options.optimizer;
    const resume = {
      step: 6,
      phase: { name: 'from layer 1', step: 6 },
      key: [...options.key.toWords()],
      cursor: options.data.start,
      data: options.data.fingerprint,
      optimizer: { name, settings },
      optimizerState: {},
    };
    expect(() => trainPhases({ ...options, model, resume })).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: The phase must be that of the run to be resumed, from layer 1, step 6, got from layer 0, step 2. Resume with the same phase, or start a new run from the model of this checkpoint.]`,
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

async function run(options: TinyPhasedOptions) {
  const training = trainPhases(options);
  const events = await collect(training);
  const weights = bitsOf(parametersOf(training.model));
  training.dispose();
  return { events, weights, phases: training.phases };
}

/** The phased run in a folder of its own, stopped before its end at some steps, and what it left. */
async function runInFolder(engine: TrainingEngine, stops: readonly number[] = []) {
  const path = mkdtempSync(join(tmpdir(), 'cloze-phases-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  for (const stop of stops) await stepsIn(path, engine, stop);
  const { steps, weights } = await stepsIn(path, engine, Infinity);
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
  return { steps, weights, files: Object.fromEntries(names.sort().map((name) => [name, hexOf(join(path, name))])) };
}

async function stepsIn(path: string, engine: TrainingEngine, stop: number) {
  const folder = await CheckpointFolder.open(path);
  try {
    const training = await tinyPhasedRun(folder, engine);
    const steps: number[] = [];
    for await (const { step } of training) {
      steps.push(step);
      if (step === stop) break;
    }
    const weights = bitsOf(parametersOf(training.model));
    training.dispose();
    return { steps, weights };
  } finally {
    await folder.close();
  }
}

async function collect(training: Training<CausalLanguageModel>): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of training) events.push(event);
  return events;
}

function hexOf(file: string): string {
  return readFileSync(file).toString('hex');
}

type Bits = Readonly<Record<string, readonly number[]>>;

function bitsOf(parameters: ParameterMap): Bits {
  return Object.fromEntries(Object.entries(parameters).map(([path, tensor]) => [path, [...tensor.dataSync()]]));
}

function isSame(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** LoRA wraps the fused projection of attention. */
function withBase(path: string): string {
  return path.replace('.attention.queryKeyValue.', '.attention.queryKeyValue.base.');
}

function ticking(): () => number {
  let now = 0;
  return () => now++;
}

interface Saved {
  readonly parameters: Bits;
  /** Paths by slot. */
  readonly moments: Readonly<Record<string, readonly string[]>>;
}

function memoryStore(): { readonly store: CheckpointStore; readonly saved: Saved[] } {
  const saved: Saved[] = [];
  const save = ({ step, parameters, optimizerState }: TrainingSnapshot) => {
    const moments = Object.entries(optimizerState).map(([slot, tensors]) => [slot, Object.keys(tensors)]);
    saved.push({ parameters: bitsOf(parameters), moments: Object.fromEntries(moments) as Saved['moments'] });
    return Promise.resolve({ step, path: `memory/${step}` });
  };
  return { store: { save }, saved };
}
