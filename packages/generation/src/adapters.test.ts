import { join } from 'node:path';
import { bartFamily } from '@cloze/bart';
import { disposeModule, RandomKey } from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import { loadPretrainedOf } from '@cloze/hub';
import { onnxRuntimeEngine, tfjsEngine, type Engine } from '@cloze/jit';
import {
  createAdapter,
  disposeAdapter,
  prefixConfig,
  promptConfig,
  pTuningConfig,
  type AdapterConfig,
} from '@cloze/peft';
import { t5Family } from '@cloze/t5';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { beamSearch } from './beam-search.ts';
import type { WritingModel } from './decode-steps.ts';
import { Decoder } from './decoder.ts';
import { generateBatch } from './generate.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const TASK = 'conditional-generation';
const LOADERS = {
  gpt2: () => loadPretrainedOf(gptFamily, join(FIXTURES, 'gpt2'), { task: 'causal-language-modeling' }),
  bart: () => loadPretrainedOf(bartFamily, join(FIXTURES, 'bart'), { task: TASK }),
  t5: () => loadPretrainedOf(t5Family, join(FIXTURES, 't5'), { task: TASK }),
};

/** Virtual tokens far from the embeddings, so that they are felt. */
const METHODS: Readonly<Record<string, (taskType: string) => AdapterConfig>> = {
  prompt: (taskType) => promptConfig({ taskType, numVirtualTokens: 3, initialization: 'random' }),
  'P-tuning': (taskType) => pTuningConfig({ taskType, numVirtualTokens: 3, encoder: 'lstm', encoderHiddenSize: 4 }),
  prefix: (taskType) => prefixConfig({ taskType, numVirtualTokens: 3, startsAtZero: false }),
};

const PROMPTS = [
  [5, 9, 3, 7, 2],
  [8, 4],
];

async function written(model: WritingModel, options: { engine: Engine; usesCache: boolean }): Promise<unknown> {
  const decoder = await Decoder.create(model, options);
  const settings = { maxTokens: 6, stopTokenIds: [] };
  const texts = await generateBatch(decoder, PROMPTS, settings);
  const beams = await beamSearch(decoder, PROMPTS, { ...settings, numBeams: 2 });
  decoder.dispose();
  return { texts: texts.map(({ ids }) => ids), beams: beams.map((found) => found.map(({ ids }) => ids)) };
}

/** Of the first new token. */
async function firstScores(model: WritingModel): Promise<Float32Array> {
  const decoder = await Decoder.create(model);
  const [scores = new Float32Array()] = await decoder.start(PROMPTS, 1);
  decoder.dispose();
  return scores;
}

describe.each(['gpt2', 'bart', 't5'] as const)('%s with an adapter', (name) => {
  leaksNoTensors();

  it.each(Object.entries(METHODS))(
    'writes the same with a cache and without, compiled and not: %s',
    async (_, create) => {
      const { family, config, task, model } = await LOADERS[name]();
      const adapted = createAdapter<WritingModel>(model, family.checkpointNames(config, task), {
        config: create(name === 'gpt2' ? 'CAUSAL_LM' : 'SEQ_2_SEQ_LM'),
        key: RandomKey.fromSeed(4),
      });
      const eager = { engine: tfjsEngine(), usesCache: true };
      const expected = await written(adapted.model, { ...eager, usesCache: false });
      expect(await written(adapted.model, eager)).toEqual(expected);
      expect(await written(adapted.model, { ...eager, engine: onnxRuntimeEngine({ numThreads: 1 }) })).toEqual(
        expected,
      );
      expect(await firstScores(adapted.model)).not.toBeAllClose(await firstScores(model), { absolute: 1e-3 });
      disposeAdapter(adapted);
      disposeModule(model);
    },
  );
});
