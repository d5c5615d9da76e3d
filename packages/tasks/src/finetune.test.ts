import { disposeModule, RandomKey } from '@cloze/core';
import { onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BaseModel } from './base-model.ts';
import { finetune } from './finetune.ts';
import { opinions, questions, taggedSentences } from './fixtures/synthetic-data.ts';
import { tinyBert, tinyGpt } from './fixtures/tiny-models.ts';
import type { Metrics, Task } from './task.ts';
import { classification } from './tasks/classification.ts';
import { questionAnswering } from './tasks/question-answering.ts';
import { tagging } from './tasks/tagging.ts';
import type { FineTuningOptions } from './tuning-run.ts';

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
