import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bartFamily } from '@cloze/bart';
import { disposeModule } from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import { loadPretrainedOf } from '@cloze/hub';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import { t5Family } from '@cloze/t5';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { beamSearch, type BeamSearchOptions } from './beam-search.ts';
import type { WritingModel } from './decode-steps.ts';
import { Decoder } from './decoder.ts';
import { generateBatch } from './generate.ts';

/** A call of transformers' `generate`. */
interface ReferenceCase {
  readonly model: string;
  readonly prompt: readonly number[];
  readonly settings: BeamSearchOptions;
  readonly results: readonly (readonly number[])[];
  /** Where there are beams. */
  readonly scores: readonly number[] | null;
}

/** Below it, a result of the reference is no text but a place that was not filled. */
const LOWEST_SCORE = -1e5;

const FOLDER = process.env['CLOZE_GENERATION_CASES'] ?? join(import.meta.dirname, 'fixtures');
const CASES = JSON.parse(readFileSync(join(FOLDER, 'cases.json'), 'utf8')) as readonly ReferenceCase[];
const TASK = 'conditional-generation';
const LOADERS: Readonly<Record<string, (folder: string) => Promise<{ readonly model: WritingModel }>>> = {
  gpt2: (folder) => loadPretrainedOf(gptFamily, folder, { task: 'causal-language-modeling' }),
  bart: (folder) => loadPretrainedOf(bartFamily, folder, { task: TASK }),
  t5: (folder) => loadPretrainedOf(t5Family, folder, { task: TASK }),
};

const ENGINES = [
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }), usesCache: true, numCases: Infinity },
  { name: 'tfjs', engine: tfjsEngine(), usesCache: true, numCases: Infinity },
  { name: 'tfjs without cache', engine: tfjsEngine(), usesCache: false, numCases: 6 },
];

describe.each(Object.keys(LOADERS))('%s writes what Hugging Face transformers writes', (name) => {
  leaksNoTensors();

  it.each(ENGINES)('with $name', async ({ engine, usesCache, numCases }) => {
    const loaded = await LOADERS[name]?.(join(FOLDER, name));
    if (loaded === undefined) throw new Error(`There is no loader for ${name}.`);
    const decoder = await Decoder.create(loaded.model, { engine, usesCache });
    disposeModule(loaded.model);
    const cases = CASES.filter(({ model }) => model === name).slice(0, numCases);
    for (const { prompt, settings, results, scores } of cases) {
      const label = JSON.stringify({ prompt, settings });
      if (scores === null) {
        const [text] = await generateBatch(decoder, [prompt], settings);
        expect([text?.ids], label).toEqual(results);
        continue;
      }
      const [texts = []] = await beamSearch(decoder, [prompt], settings);
      const numTexts = scores.filter((score) => score > LOWEST_SCORE).length;
      const found = texts.map(({ ids }) => ids);
      expect(found, label).toEqual(results.slice(0, numTexts));
      texts.forEach(({ score }, rank) => {
        expect(score, label).toBeCloseTo(scores[rank] ?? 0, 3);
      });
    }
    decoder.dispose();
  });
});
