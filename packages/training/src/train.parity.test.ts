import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  checkpointParameters,
  parametersOf,
  parseSafetensors,
  RandomKey,
  toCheckpointTensors,
  type HostTensor,
} from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import { onnxRuntimeEngine } from '@cloze/jit';
import { causalLanguageModeling } from '@cloze/objectives';
import { leaksNoTensors, parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { adagrad } from './adagrad.ts';
import { adamw } from './adamw.ts';
import type { TrainingEngine } from './compile.ts';
import type { Optimizer } from './optimizer.ts';
import { constant, warmupCosine, type Schedule } from './schedules.ts';
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
    schedule: warmupCosine({ peak: 3e-3, warmupSteps: 5, numSteps: 40, floor: 3e-4 }),
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
      const rows = rowsOf(io.get(`batch.${step - 1}.input_ids`));
      const batch = causalLanguageModeling().prepare(rows, RandomKey.fromSeed(0));
      const report = await session.update({
        batches: [batch],
        step,
        learningRate: recipe.schedule(step),
        key: RandomKey.fromSeed(0),
      });
      losses.push(report.loss);
      norms.push(report.gradientNorm);
    }
    console.log(name, engine, worst(losses, io.get('losses')), worst(norms, io.get('gradient_norms')));
    session.dispose();
  });
});

function worst(values: number[], expected: HostTensor | undefined) {
  return Math.max(...values.map((v, i) => Math.abs(v / Number(expected?.data[i]) - 1)));
}

function openSession(folder: string, { optimizer, clipNorm }: Recipe, engine: TrainingEngine) {
  const config = gptFamily.parseConfig(JSON.parse(readFileSync(join(folder, 'initial', 'config.json'), 'utf8')));
  const { tensors } = parseSafetensors(readFileSync(join(folder, 'initial', 'model.safetensors')));
  const names = gptFamily.checkpointNames(config, 'causal-language-modeling');
  const model = gptFamily.create(config, 'causal-language-modeling', checkpointParameters(tensors, names));
  return new TrainingSession({ model, objective: causalLanguageModeling(), optimizer, clipNorm, engine });
}

function rowsOf(tensor: HostTensor | undefined): Int32Array[] {
  if (!(tensor?.data instanceof Int32Array)) throw new Error('no batch');
  const [rows = 0, columns = 0] = tensor.shape;
  const { data } = tensor;
  return Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
}
