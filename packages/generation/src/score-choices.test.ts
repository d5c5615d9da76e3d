import { disposeModule, type CausalLanguageModel } from '@cloze/core';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { scoreChoices, type Choice } from './score-choices.ts';

const PROMPT = [3, 1, 4, 1, 5];
const CHOICES: readonly Choice[] = [
  { ids: [7], numBytes: 1 },
  { ids: [9, 2, 6], numBytes: 8 },
  { ids: [9, 2, 6, 5, 3, 5, 8], numBytes: 12 },
];

/** By one forward pass over prompt and choice, without a cache. */
function expectedLogProbabilities(
  model: CausalLanguageModel,
  prompt: readonly number[],
  ids: readonly number[],
): number[] {
  return tf.tidy(() => {
    const all = [...prompt, ...ids].slice(0, -1);
    const { logits } = model.forward({ inputIds: tf.tensor2d([all], [1, all.length], 'int32') });
    const logProbabilities = tf.logSoftmax(tf.squeeze(logits, [0])).dataSync();
    const { vocabSize } = model.cacheShape;
    return ids.map((id, index) => logProbabilities[(prompt.length - 1 + index) * vocabSize + id] ?? 0);
  });
}

describe.each([
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }) },
  { name: 'tfjs', engine: tfjsEngine() },
])('scoreChoices with $name', ({ engine }) => {
  leaksNoTensors();

  it('finds the log probabilities of a forward pass, and normalizes them', async () => {
    const model = tinyGpt();
    const decoder = await Decoder.create(model, { engine });
    const expected = CHOICES.map(({ ids }) => expectedLogProbabilities(model, PROMPT, ids));
    const plain = await scoreChoices(decoder, PROMPT, CHOICES);
    plain.forEach(({ tokenLogProbabilities, logProbability, score }, index) => {
      const wanted = expected[index] ?? [];
      expect(tokenLogProbabilities).toHaveLength(wanted.length);
      wanted.forEach((value, token) => {
        expect(tokenLogProbabilities[token]).toBeCloseTo(value, 4);
      });
      expect(logProbability).toBeCloseTo(
        wanted.reduce((a, b) => a + b, 0),
        4,
      );
      expect(score).toBe(logProbability);
    });
    expect(plain.reduce((total, { probability }) => total + probability, 0)).toBeCloseTo(1, 6);

    const scoresBy = async (options: Parameters<typeof scoreChoices>[3]): Promise<number[]> =>
      (await scoreChoices(decoder, PROMPT, CHOICES, options)).map(({ score }) => score);
    const sums = plain.map(({ logProbability }) => logProbability);
    expect(await scoresBy({ normalization: 'tokens' })).toEqual(
      [1, 3, 7].map((count, index) => (sums[index] ?? 0) / count),
    );
    expect(await scoresBy({ normalization: 'bytes' })).toEqual(
      [1, 8, 12].map((count, index) => (sums[index] ?? 0) / count),
    );
    const neutral = await scoreChoices(decoder, [2], CHOICES);
    expect(await scoresBy({ normalization: 'prior', neutralPrompt: [2] })).toEqual(
      neutral.map(({ logProbability }, index) => (sums[index] ?? 0) - logProbability),
    );
    decoder.dispose();
    disposeModule(model);
  });

  it('reads the end of a prompt that leaves no room', async () => {
    const model = tinyGpt({ maxPositions: 10 });
    const decoder = await Decoder.create(model, { engine });
    const prompt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const [scored] = await scoreChoices(decoder, prompt, [{ ids: [9, 2, 6] }]);
    expectedLogProbabilities(model, prompt.slice(-8), [9, 2, 6]).forEach((value, token) => {
      expect(scored?.tokenLogProbabilities[token]).toBeCloseTo(value, 4);
    });
    decoder.dispose();
    disposeModule(model);
  });
});

describe('scoreChoices', () => {
  leaksNoTensors();

  it('refuses what it cannot score', async () => {
    const model = tinyGpt({ maxPositions: 4 });
    const decoder = await Decoder.create(model);
    const without = await Decoder.create(model, { usesCache: false });
    disposeModule(model);
    const messageOf = async (given: Decoder, ...args: [readonly Choice[], Parameters<typeof scoreChoices>[3]?]) =>
      scoreChoices(given, [1], ...args).then(
        () => 'nothing was thrown',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
    expect(await messageOf(decoder, [])).toMatchInlineSnapshot(
      `"USAGE: scoreChoices: there must be choices, each with at least one token. Leave empty choices out."`,
    );
    expect(await messageOf(decoder, [{ ids: [] }])).toContain('each with at least one token');
    expect(await messageOf(decoder, [{ ids: [1] }], { normalization: 'prior' })).toMatchInlineSnapshot(
      `"USAGE: scoreChoices: neutralPrompt must be given for the normalization 'prior'. Give the tokens of 'Answer:' or the like."`,
    );
    expect(await messageOf(decoder, [{ ids: [1] }], { normalization: 'bytes' })).toMatchInlineSnapshot(
      `"USAGE: scoreChoices: every choice must have numBytes for the normalization 'bytes'. Count the bytes of its text."`,
    );
    expect(await messageOf(decoder, [{ ids: [1, 2, 3, 4, 5] }])).toMatchInlineSnapshot(
      `"SHAPE_MISMATCH: A choice must have at most 4 tokens, got 5. Shorten it, or use a model with more positions."`,
    );
    expect(await messageOf(decoder, [{ ids: [50] }])).toContain('whole numbers from 0 to 49, got 50');
    expect(await messageOf(without, [{ ids: [1] }])).toMatchInlineSnapshot(
      `"USAGE: Decoder: continuations are scored with a cache, but this decoder has none. Create it with usesCache: true."`,
    );
    decoder.dispose();
    without.dispose();
  });
});
