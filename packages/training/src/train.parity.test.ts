import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointParameters,
  parseJson,
  parseSafetensors,
  RandomKey,
  toCheckpointTensors,
  type CheckpointNames,
  type HostTensor,
} from '@cloze/core';
import { gptFamily, type GptConfig, type GptForCausalLm } from '@cloze/gpt';
import { onnxRuntimeEngine } from '@cloze/jit';
import { causalLanguageModeling, type CausalLanguageModelingField } from '@cloze/objectives';
import { leaksNoTensors, parityFolder, type Tolerance } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { adagrad } from './adagrad.ts';
import { adamw } from './adamw.ts';
import type { TrainingEngine } from './compile.ts';
import type { Optimizer } from './optimizer.ts';
import { constant, type Schedule } from './schedules.ts';
import { sgd } from './sgd.ts';
import { TrainingSession } from './training-session.ts';

interface Recipe {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly clipNorm?: number;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  'gpt2-adamw': {
    optimizer: adamw({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 }),
    // The peak is reached at step 5, not after it as nanoGPT's.
    schedule: (step) => (step <= 5 ? (3e-3 * step) / 5 : 3e-4 + 1.35e-3 * (1 + Math.cos((Math.PI * (step - 6)) / 35))),
    clipNorm: 1,
  },
  'gpt2-sgd': { optimizer: sgd({ momentum: 0.9 }), schedule: constant(0.1) },
  'gpt2-adagrad': {
    optimizer: adagrad({ initialAccumulator: 1, epsilon: 1e-10 }),
    schedule: constant(0.05),
    clipNorm: 10,
  },
};
const ENGINES: Readonly<Record<string, () => TrainingEngine>> = {
  tfjs: () => 'tfjs',
  onnxruntime: () => onnxRuntimeEngine(),
};
const NUM_STEPS = 40;
const objective = causalLanguageModeling();
const key = RandomKey.fromSeed(0);
const parity = parityFolder();

describe.runIf(parity !== undefined).each(Object.keys(ENGINES))('training through %s', (engine) => {
  leaksNoTensors();

  it.each(Object.keys(RECIPES))('gives the losses, gradient norms and weights of %s', async (name) => {
    const recipe = RECIPES[name];
    if (recipe === undefined) throw new Error(name);
    const folder = join(parity ?? '', 'training', name);
    const { tensors: io } = parseSafetensors(readFileSync(join(folder, 'io.safetensors')));
    const session = openSession(folder, recipe, ENGINES[engine]?.() ?? 'tfjs');
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 1; step <= NUM_STEPS; step++) {
      const batch = objective.prepare(rowsOf(io.get(`batch.${step - 1}.input_ids`)), key);
      const report = await session.update({ batches: [batch], step, learningRate: recipe.schedule(step), key });
      losses.push(report.loss);
      norms.push(report.gradientNorm);
    }
    expectClose('losses', losses, io.get('losses'), { relative: 1e-5 });
    expectClose('gradient norms', norms, io.get('gradient_norms'), { relative: 1e-4 });

    const { tensors: final } = parseSafetensors(readFileSync(join(folder, 'final', 'model.safetensors')));
    const trained = await toCheckpointTensors(session.parameters, namesOf(folder));
    expect([...trained.keys()].sort()).toEqual([...final.keys()].sort());
    // Biases of keys have no gradient but rounding errors, which Adam divides by their own size; hence the absolute part.
    const tolerance = { absolute: 5e-5, ofLargest: 1e-4 };
    for (const [tensor, { data }] of trained) expectClose(tensor, data, final.get(tensor), tolerance);
    session.dispose();
  });
});

function expectClose(
  what: string,
  actual: ArrayLike<number | bigint>,
  expected: HostTensor | undefined,
  tolerance: Tolerance,
): void {
  expect(Array.from(actual, Number), what).toBeAllClose(Array.from(expected?.data ?? [], Number), tolerance);
}

function namesOf(folder: string): CheckpointNames {
  return gptFamily.checkpointNames(configOf(folder), 'causal-language-modeling');
}

function configOf(folder: string): GptConfig {
  return gptFamily.parseConfig(parseJson(readFileSync(join(folder, 'initial', 'config.json'))));
}

function openSession(
  folder: string,
  { optimizer, clipNorm }: Recipe,
  engine: TrainingEngine,
): TrainingSession<GptForCausalLm, CausalLanguageModelingField> {
  const { tensors } = parseSafetensors(readFileSync(join(folder, 'initial', 'model.safetensors')));
  const source = checkpointParameters(tensors, namesOf(folder));
  const model = gptFamily.create(configOf(folder), 'causal-language-modeling', source);
  return new TrainingSession({ model, objective, optimizer, clipNorm, engine });
}

function rowsOf(tensor: HostTensor | undefined): Int32Array[] {
  if (!(tensor?.data instanceof Int32Array)) throw new Error('no batch');
  const [rows = 0, columns = 0] = tensor.shape;
  const { data } = tensor;
  return Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
}
