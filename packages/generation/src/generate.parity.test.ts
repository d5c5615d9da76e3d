import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disposeModule, parseSafetensors, type CausalLanguageModel } from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import { loadPretrainedOf } from '@cloze/hub';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import { leaksNoTensors, parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { generateBatch, type GenerateOptions } from './generate.ts';

const parity = parityFolder();
const folder = join(parity ?? '', 'gpt2-lm-head');

const ENGINES = [
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }) },
  { name: 'tfjs', engine: tfjsEngine() },
];
const CASES: [string, GenerateOptions][] = [
  ['greedy', {}],
  ['rep', { repetitionPenalty: 1.3 }],
];

async function rowsOf(name: string): Promise<number[][]> {
  const { tensors } = parseSafetensors(await readFile(join(folder, 'io.safetensors')));
  const tensor = tensors.get(`generate.${name}`);
  const [rows = 0, width = 0] = tensor?.shape ?? [];
  const ids = Array.from(tensor?.data ?? [], Number);
  return Array.from({ length: rows }, (_, row) => ids.slice(row * width, (row + 1) * width));
}

async function model(): Promise<CausalLanguageModel> {
  return (await loadPretrainedOf(gptFamily, folder, { task: 'causal-language-modeling' })).model;
}

describe.runIf(parity !== undefined)('generation as Hugging Face transformers does it', () => {
  leaksNoTensors();

  describe.each(ENGINES)('with $name', ({ engine }) => {
    it.each([true, false])('gives the same tokens, cache: %s', async (usesCache) => {
      const gpt = await model();
      const decoder = await Decoder.create(gpt, { engine, usesCache });
      disposeModule(gpt);
      const prompts = await rowsOf('input_ids');
      for (const [name, options] of CASES) {
        const results = await generateBatch(decoder, prompts, { ...options, maxTokens: 12, stopTokens: [1] });
        const sequences = results.map(({ ids }, row) => [...(prompts[row] ?? []), ...ids]);
        expect(sequences, name).toEqual(await rowsOf(name));
      }
      decoder.dispose();
    });
  });
});
