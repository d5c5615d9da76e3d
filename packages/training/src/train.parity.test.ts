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
  type ModelFamily,
  type Module,
  type Objective,
  type ParameterMap,
} from '@cloze/core';
import { bertFamily } from '@cloze/bert';
import { gptFamily } from '@cloze/gpt';
import { onnxRuntimeEngine } from '@cloze/jit';
import { causalLanguageModeling, textToText, tokenClassification } from '@cloze/objectives';
import { t5Family } from '@cloze/t5';
import { leaksNoTensors, parityFolder, type Tolerance } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { adafactor } from './adafactor.ts';
import { adagrad } from './adagrad.ts';
import { adamw } from './adamw.ts';
import type { TrainingEngine } from './compile.ts';
import type { Optimizer } from './optimizer.ts';
import { constant, type Schedule } from './schedules.ts';
import { sgd } from './sgd.ts';
import { TrainingSession, type UpdateReport } from './training-session.ts';

/** The tensors of a batch by name: `input_ids`, `labels`. */
type BatchReader = (name: string) => HostTensor | undefined;

/** What is trained, and what its batches mean. */
interface Subject {
  readonly names: (folder: string) => CheckpointNames;
  readonly open: (folder: string, options: RunOptions) => Run;
}

interface RunOptions {
  readonly optimizer: Optimizer;
  readonly clipNorm?: number | undefined;
  readonly engine: TrainingEngine;
}

/** A session whose model and objective were forgotten. */
interface Run {
  update(read: BatchReader, step: number, learningRate: number): Promise<UpdateReport>;
  parameters(): ParameterMap;
  dispose(): void;
}

interface Lesson<M, Example, Field extends string> {
  readonly objective: Objective<Example, M, Field>;
  readonly examplesOf: (read: BatchReader) => readonly Example[];
}

interface Recipe {
  readonly subject: Subject;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly clipNorm?: number;
}

const key = RandomKey.fromSeed(0);
const gpt = subjectOf(gptFamily, 'causal-language-modeling', {
  objective: causalLanguageModeling(),
  examplesOf: (read) => rowsOf(read('input_ids')),
});
// Its batches are masked already; what is left is a label for some tokens.
const bert = subjectOf(bertFamily, 'masked-language-modeling', {
  objective: tokenClassification({ padTokenId: 0, numLabels: 67 }),
  examplesOf: (read) => {
    const labels = rowsOf(read('labels'));
    return rowsOf(read('input_ids')).map((inputIds, row) => ({ inputIds, labels: labels[row] ?? [] }));
  },
});
const t5 = subjectOf(t5Family, 'conditional-generation', {
  objective: textToText({ padTokenId: 0, decoderStartTokenId: 0 }),
  examplesOf: (read) => {
    const targets = rowsOf(read('labels'));
    return rowsOf(read('input_ids')).map((sourceIds, row) => ({ sourceIds, targetIds: targets[row] ?? [] }));
  },
});

const RECIPES: Readonly<Record<string, Recipe>> = {
  'gpt2-adamw': {
    subject: gpt,
    optimizer: adamw({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 }),
    // The peak is reached at step 5, not after it as nanoGPT's.
    schedule: (step) => (step <= 5 ? (3e-3 * step) / 5 : 3e-4 + 1.35e-3 * (1 + Math.cos((Math.PI * (step - 6)) / 35))),
    clipNorm: 1,
  },
  'gpt2-sgd': { subject: gpt, optimizer: sgd({ momentum: 0.9 }), schedule: constant(0.1) },
  'gpt2-adagrad': {
    subject: gpt,
    optimizer: adagrad({ initialAccumulator: 1, epsilon: 1e-10 }),
    schedule: constant(0.05),
    clipNorm: 10,
  },
  'bert-adamw': {
    subject: bert,
    // This run decays biases and normalizations as well.
    optimizer: adamw({ epsilon: 1e-6, decay: () => true }),
    schedule: (step) => (step <= 5 ? (1e-3 * step) / 5 : 1e-4 + 4.5e-4 * (1 + Math.cos((Math.PI * (step - 6)) / 35))),
    clipNorm: 1,
  },
  't5-adafactor': { subject: t5, optimizer: adafactor(), schedule: constant(1e-3) },
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
    const run = recipe.subject.open(folder, { ...recipe, engine: ENGINES[engine]?.() ?? 'tfjs' });
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 1; step <= NUM_STEPS; step++) {
      const read = (name: string): HostTensor | undefined => io.get(`batch.${step - 1}.${name}`);
      const report = await run.update(read, step, recipe.schedule(step));
      losses.push(report.loss);
      norms.push(report.gradientNorm);
    }
    expectClose('losses', losses, io.get('losses'), { relative: 1e-5 });
    expectClose('gradient norms', norms, io.get('gradient_norms'), { relative: 1e-4 });

    const { tensors: final } = parseSafetensors(readFileSync(join(folder, 'final', 'model.safetensors')));
    const trained = await toCheckpointTensors(run.parameters(), recipe.subject.names(folder));
    expect([...trained.keys()].sort()).toEqual([...final.keys()].sort());
    // Biases of keys have no gradient but rounding errors, which Adam divides by their own size; hence the absolute part.
    const tolerance = { absolute: 5e-5, ofLargest: 1e-4 };
    for (const [tensor, { data }] of trained) expectClose(tensor, data, final.get(tensor), tolerance);
    run.dispose();
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

function subjectOf<
  M extends Module,
  Config extends object,
  Task extends string,
  Models extends Record<Task, M>,
  Example,
  Field extends string,
>(
  family: ModelFamily<Config, Models>,
  task: Task & keyof Models,
  { objective, examplesOf }: Lesson<M, Example, Field>,
): Subject {
  const configOf = (folder: string): Config =>
    family.parseConfig(parseJson(readFileSync(join(folder, 'initial', 'config.json'))));
  const names = (folder: string): CheckpointNames => family.checkpointNames(configOf(folder), task);
  return {
    names,
    open: (folder, options) => {
      const { tensors } = parseSafetensors(readFileSync(join(folder, 'initial', 'model.safetensors')));
      const model: M = family.create(configOf(folder), task, checkpointParameters(tensors, names(folder)));
      const session = new TrainingSession({ ...options, model, objective });
      return {
        update: (read, step, learningRate) => {
          const batches = [objective.prepare(examplesOf(read), key)];
          return session.update({ batches, step, learningRate, key });
        },
        parameters: () => session.parameters,
        dispose: () => {
          session.dispose();
        },
      };
    },
  };
}

function rowsOf(tensor: HostTensor | undefined): Int32Array[] {
  if (!(tensor?.data instanceof Int32Array)) throw new Error('no batch');
  const [rows = 0, columns = 0] = tensor.shape;
  const { data } = tensor;
  return Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
}
