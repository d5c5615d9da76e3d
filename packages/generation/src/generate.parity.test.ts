import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disposeModule, parseSafetensors, type HostTensor } from '@cloze/core';
import { bartFamily } from '@cloze/bart';
import { gptFamily } from '@cloze/gpt';
import { loadPretrainedOf } from '@cloze/hub';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import { t5Family } from '@cloze/t5';
import { leaksNoTensors, parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { beamSearch } from './beam-search.ts';
import type { WritingModel } from './decode-steps.ts';
import { Decoder } from './decoder.ts';
import { generateBatch } from './generate.ts';
import type { ProcessorSettings } from './logits-processors.ts';

const parity = parityFolder();
const task = 'conditional-generation';

interface Case {
  readonly name: string;
  readonly load: (folder: string) => Promise<{ readonly model: WritingModel }>;
  readonly settings: ProcessorSettings;
}

const CASES: readonly Case[] = [
  {
    name: 'gpt2-lm-head',
    load: (folder) => loadPretrainedOf(gptFamily, folder, { task: 'causal-language-modeling' }),
    settings: { stopTokens: [1] },
  },
  {
    name: 'bart-for-conditional-generation',
    load: (folder) => loadPretrainedOf(bartFamily, folder, { task }),
    settings: { stopTokens: [2], forcedEosTokenId: 2 },
  },
  {
    name: 't5-for-conditional-generation',
    load: (folder) => loadPretrainedOf(t5Family, folder, { task }),
    settings: { stopTokens: [1] },
  },
  {
    name: 't5-v1.1-for-conditional-generation',
    load: (folder) => loadPretrainedOf(t5Family, folder, { task }),
    settings: { stopTokens: [1] },
  },
];
const ENGINES = [
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }) },
  { name: 'tfjs', engine: tfjsEngine() },
];

/** What transformers wrote, by the names that the fixtures give it. */
async function written(decoder: Decoder, prompts: number[][], settings: ProcessorSettings): Promise<Written> {
  const all = { ...settings, maxTokens: 12 };
  const best = async (options: Parameters<typeof beamSearch>[2]): Promise<number[][]> =>
    (await beamSearch(decoder, prompts, options)).map(([first]) => [...(first?.ids ?? [])]);
  const chosen = async (options: ProcessorSettings): Promise<number[][]> =>
    (await generateBatch(decoder, prompts, options)).map(({ ids }) => [...ids]);
  return {
    greedy: await chosen(all),
    rep: await chosen({ ...all, repetitionPenalty: 1.3 }),
    beam4: await best({ ...all, numBeams: 4 }),
    beam3_lp: await best({ ...all, numBeams: 3, lengthPenalty: 0.6, noRepeatNgramSize: 2 }),
  };
}

type Written = Readonly<Record<'greedy' | 'rep' | 'beam4' | 'beam3_lp', number[][]>>;

function rowsOf(tensor: HostTensor | undefined): number[][] {
  const [rows = 0, width = 0] = tensor?.shape ?? [];
  const ids = Array.from(tensor?.data ?? [], Number);
  return Array.from({ length: rows }, (_, row) => ids.slice(row * width, (row + 1) * width));
}

describe.runIf(parity !== undefined)('generation as Hugging Face transformers does it', () => {
  leaksNoTensors();

  describe.each(CASES)('$name', ({ name, load, settings }) => {
    const folder = join(parity ?? '', name);
    it.each(ENGINES.flatMap((engine) => [true, false].map((usesCache) => ({ ...engine, usesCache }))))(
      'gives the same tokens with $name, cache: $usesCache',
      async ({ engine, usesCache }) => {
        const { tensors } = parseSafetensors(await readFile(join(folder, 'io.safetensors')));
        const prompts = rowsOf(tensors.get('generate.input_ids'));
        const { model } = await load(folder);
        const starts = 'decoderStartTokenId' in model ? prompts.map(() => [model.decoderStartTokenId]) : prompts;
        const decoder = await Decoder.create(model, { engine, usesCache });
        disposeModule(model);
        const results = Object.entries(await written(decoder, prompts, settings));
        decoder.dispose();
        for (const [method, texts] of results) {
          const expected = rowsOf(tensors.get(`generate.${method}`));
          // What comes after the end is padding there.
          const sequences = texts.map((ids, row) => [...(starts[row] ?? []), ...ids]);
          expect(sequences, method).toEqual(expected.map((ids, row) => ids.slice(0, sequences[row]?.length)));
          expect(Math.max(...sequences.map(({ length }) => length)), method).toBe(expected[0]?.length);
        }
      },
    );
  });
});
