import {
  disposeModule,
  parametersOf,
  RandomKey,
  toCheckpointTensors,
  toHostTensor,
  toTensor,
  type CheckpointNames,
} from '@cloze/core';
import { onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import type { OptimizerState, TrainingSnapshot } from '@cloze/training';
import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import type { BaseModel } from './base-model.ts';
import { finetune } from './finetune.ts';
import { opinions, questions, taggedSentences } from './fixtures/synthetic-data.ts';
import { tinyBert, tinyGpt } from './fixtures/tiny-models.ts';
import type { Metrics, Task } from './task.ts';
import { classification } from './tasks/classification.ts';
import { questionAnswering } from './tasks/question-answering.ts';
import { tagging } from './tasks/tagging.ts';
import type { FineTuningOptions } from './tuning-run.ts';

/** These train, and machines differ. */
vi.setConfig({ testTimeout: 120_000 });
const engine = onnxRuntimeEngine({ numThreads: 1 });
const key = RandomKey.fromSeed(1);

/** What the task measures after training. */
async function learn<Row, Prediction>(
  base: BaseModel,
  options: Omit<FineTuningOptions<Row, Prediction>, 'key' | 'engine'> & { readonly task: Task<Row, Prediction> },
): Promise<Metrics> {
  const run = await finetune(base, { ...options, key, engine });
  let last: Metrics = {};
  for await (const { validation = last } of run) last = validation;
  run.dispose();
  disposeModule(base.model);
  return last;
}

type Saved = NonNullable<FineTuningOptions<unknown, unknown>['resume']>;

/** A checkpoint in memory. */
async function copyOf(
  { parameters, optimizerState, ...position }: TrainingSnapshot,
  names: CheckpointNames,
): Promise<Saved> {
  const model = await toCheckpointTensors(parameters, names);
  const slots = Object.entries(optimizerState).flatMap(([slot, tensors]) =>
    Object.entries(tensors).map(async ([path, tensor]) => [slot, path, await toHostTensor(tensor)] as const),
  );
  const state = await Promise.all(slots);
  return {
    model,
    resumePoint: () => {
      const restored: Record<string, Record<string, tf.Tensor>> = {};
      for (const [slot, path, tensor] of state) (restored[slot] ??= {})[path] = toTensor(tensor);
      return { ...position, bestParameters: undefined, optimizerState: restored satisfies OptimizerState };
    },
  };
}

const MODELS = [
  ['BERT', tinyBert],
  ['GPT', tinyGpt],
] as const;

describe('finetune', () => {
  leaksNoTensors();

  it.each(MODELS)('teaches a %s to classify texts', async (_, base) => {
    const { accuracy } = await learn(base(), {
      task: classification,
      data: opinions(256, 1),
      validation: opinions(64, 2),
      learningRate: 3e-3,
      numEpochs: 4,
    });
    expect(accuracy?.value).toBeGreaterThan(0.95);
    expect(accuracy?.interval?.low).toBeGreaterThan(0.9);
  });

  it.each(MODELS)('teaches a %s to tag words', async (_, base) => {
    const { entityF1 } = await learn(base(), {
      task: tagging,
      data: taggedSentences(256, 1),
      validation: taggedSentences(64, 2),
      learningRate: 3e-3,
      numEpochs: 4,
    });
    expect(entityF1?.value).toBeGreaterThan(0.95);
  });

  it('refuses labels that training data does not have, rows without one, and what the model cannot do', async () => {
    const base = tinyBert();
    const options = { task: classification, data: opinions(8, 1), key, engine };
    const validation = [{ text: 'good', label: 'positiv', place: { file: 'dev.tsv', line: 3 } }];
    await expect(finetune(base, { ...options, validation })).rejects.toThrow(
      `dev.tsv line 3: The column "label" must hold one of the model's labels (negative, positive), got "positiv". Did you mean "positive"?`,
    );
    await expect(finetune(base, { ...options, data: [{ text: 'good' }, ...opinions(8, 1)] })).rejects.toThrow(
      'Each row must say what is to be predicted, got none in row 1.',
    );
    await expect(finetune(base, { ...options, maxLength: 65 })).rejects.toThrow('must be at most 64 tokens');
    await expect(finetune({ ...base, tokenizer: undefined }, options)).rejects.toThrow(
      'The model must have a tokenizer',
    );
    disposeModule(base.model);
  });

  it.each(['lora', 'bitfit', 'ia3', 'adapter', 'prefix', 'prompt', 'head'] as const)(
    'trains %s and leaves the rest of the model as it is',
    async (method) => {
      const base = tinyBert();
      const run = await finetune(base, {
        task: classification,
        data: opinions(64, 1),
        numEpochs: 1,
        method,
        key,
        engine,
      });
      const before = run.tuned.model;
      const values = (filter: (path: string) => boolean): string[] =>
        Object.entries(parametersOf(run.tuned.model, filter)).map(
          ([path, tensor]) => `${path} ${tensor.dataSync().slice(0, 4).join(' ')}`,
        );
      const isTrained = run.tuned.adapter?.trainable ?? (() => true);
      const frozen = values((path) => !isTrained(path));
      const trained = values(isTrained);
      for await (const event of run) expect(event.phase.numTrainable).toBe(run.counts.numTrainable);
      expect(values((path) => !isTrained(path))).toEqual(frozen);
      expect(values(isTrained)).not.toEqual(trained);
      expect(Object.keys(parametersOf(run.tuned.model, isTrained)).some((path) => path.includes('classifier'))).toBe(
        true,
      );
      expect(before).not.toBe(run.tuned.model);
      run.dispose();
      disposeModule(base.model);
    },
  );

  it.each(
    MODELS.flatMap(([name, base]) =>
      (['full', 'lora', 'adapter', 'prefix', 'prompt', 'p-tuning'] as const).map((method) => ({ name, base, method })),
    ),
  )('classifies by the mean of all tokens: $name with $method', async ({ base: create, method }) => {
    const base = create();
    const run = await finetune(base, {
      ...{ task: classification, data: opinions(32, 1), numEpochs: 1, pooling: 'mean', method, key, engine },
    });
    for await (const { loss } of run) expect(loss).toBeLessThan(2);
    expect(run.tuned.configJson?.classifier_pooling).toBe('mean');
    run.dispose();
    disposeModule(base.model);
  });

  it('refuses a pooling where nothing is pooled', async () => {
    const base = tinyBert();
    const options = { task: tagging, data: taggedSentences(8, 1), pooling: 'mean', key, engine } as const;
    await expect(finetune(base, options)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: UNSUPPORTED_FORMAT: The pooling can be chosen for classes and numbers of whole sequences with bert and gpt, got token-classification with bert. Leave it out.]`,
    );
    disposeModule(base.model);
  });

  it('goes on from a checkpoint to the same weights', async () => {
    const base = tinyBert();
    const options = { task: classification, data: opinions(64, 1), numEpochs: 2, method: 'lora', key, engine } as const;
    const saved: { snapshot?: Saved } = {};
    const checkpoints: FineTuningOptions<unknown, unknown>['checkpoints'] = (names) => ({
      every: 4,
      store: {
        save: async (snapshot) => {
          if (snapshot.step === 4) saved.snapshot = await copyOf(snapshot, names);
          return { path: 'memory', step: snapshot.step };
        },
      },
    });
    const whole = await finetune(base, { ...options, checkpoints });
    const losses: number[] = [];
    for await (const { loss } of whole) losses.push(loss);
    whole.dispose();
    const resumed = await finetune(base, { ...options, resume: saved.snapshot });
    const later: number[] = [];
    for await (const { loss } of resumed) later.push(loss);
    resumed.dispose();
    disposeModule(base.model);
    expect(later).toEqual(losses.slice(4));
  });

  it.each(MODELS)('teaches a %s to find answers', async (_, base) => {
    const { exactMatch } = await learn(base(), {
      task: questionAnswering,
      data: questions(512, 1),
      validation: questions(64, 2),
      learningRate: 3e-3,
      numEpochs: 6,
    });
    expect(exactMatch?.value).toBeGreaterThan(0.95);
  });
});
