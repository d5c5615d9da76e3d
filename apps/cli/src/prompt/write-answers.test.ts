import { disposeModule, randomParameters, RandomKey } from '@cloze/core';
import { Decoder } from '@cloze/generation';
import { GptForCausalLm, gptNano } from '@cloze/gpt';
import type { ConsistentAnswer } from '@cloze/prompting';
import { leaksNoTensors } from '@cloze/testing';
import { trainCharacters } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { promptSettings } from './settings.ts';
import { answerWriter } from './write-answers.ts';

const key = RandomKey.fromSeed(1);
const tokenizer = trainCharacters(["QA:. ,'\nLet's think step by step. Therefore, the answer is"]);

/** What a model with random weights writes after a question. */
async function answerOf(
  given: Readonly<Record<string, unknown>>,
  { hasExamples }: { readonly hasExamples: boolean },
): Promise<ConsistentAnswer> {
  const config = { ...gptNano, vocabSize: tokenizer.vocabSize, hiddenSize: 16, intermediateSize: 32, numLayers: 1 };
  const model = new GptForCausalLm({ ...config, maxPositions: 128, initializerRange: 0.5 }, randomParameters(key));
  const decoder = await Decoder.create(model);
  disposeModule(model);
  const settings = promptSettings.parse({ model: 'm', template: 't', maxTokens: 12, ...given });
  const generation = { eosTokenIds: [] };
  try {
    return await answerWriter({ decoder, tokenizer, generation, settings, hasExamples })('Q:', key);
  } finally {
    decoder.dispose();
  }
}

describe('answerWriter', () => {
  leaksNoTensors();

  it('writes the likeliest text alone, and different ones as samples', async () => {
    const { answer, samples } = await answerOf({}, { hasExamples: false });
    expect(samples).toEqual([{ text: expect.any(String) as string, answer }]);
    const four = await answerOf({ samples: 4, temperature: 2 }, { hasExamples: true });
    expect(new Set(four.samples.map(({ text }) => text)).size).toBeGreaterThan(1);
    expect(await answerOf({ samples: 4, temperature: 2 }, { hasExamples: true })).toEqual(four);
  });

  it('ends an answer at the separator', async () => {
    const { samples } = await answerOf({ samples: 8, temperature: 5, separator: 'e' }, { hasExamples: true });
    for (const { text } of samples) expect(text).not.toContain('e');
    expect(samples.some(({ text }) => text.length < 12)).toBe(true);
  });

  it('asks a model without examples to think, and then for the answer', async () => {
    const thought = await answerOf({ chainOfThought: true }, { hasExamples: false });
    expect(thought.samples[0]?.text).toMatch(/^[^]{12}\nTherefore, the answer is[^]*$/);
    const shown = await answerOf({ chainOfThought: true }, { hasExamples: true });
    expect(shown.samples[0]?.text).not.toContain('Therefore');
  });
});
