import { disposeModule } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { generate, generateBatch } from './generate.ts';
import { logProbabilitiesOf } from './token-log-probabilities.ts';

describe('log probabilities', () => {
  it('are those of the scores, likeliest first, the first of equals before the others', () => {
    const scores = Float32Array.from([1, 2, 1, -Infinity].map((weight) => (weight < 0 ? weight : Math.log(weight))));
    const { chosen, likeliest } = logProbabilitiesOf(scores, 2, 3);
    expect(chosen).toBeCloseTo(Math.log(0.25), 6);
    expect(likeliest.map(({ id }) => id)).toEqual([1, 0, 2]);
    expect(likeliest[0]?.logProbability).toBeCloseTo(Math.log(0.5), 6);
    expect(logProbabilitiesOf(scores, 3, 0)).toEqual({ chosen: -Infinity, likeliest: [] });
  });
});

async function tinyDecoder(): Promise<Decoder> {
  const model = tinyGpt();
  const decoder = await Decoder.create(model);
  disposeModule(model);
  return decoder;
}

describe('generation with log probabilities', () => {
  leaksNoTensors();

  it('tells those of the model, whatever processors make of its scores', async () => {
    const decoder = await tinyDecoder();
    const plain = { maxTokens: 4, logProbabilities: 2 };
    const [expected] = await generateBatch(decoder, [[3, 1, 4]], plain);
    const tokens = [];
    for await (const token of generate(decoder, [3, 1, 4], plain)) tokens.push(token);
    expect(tokens.map(({ logProbabilities }) => logProbabilities)).toEqual(expected?.logProbabilities);
    expect(tokens[0]?.logProbabilities?.chosen).toBe(tokens[0]?.logProbabilities?.likeliest[0]?.logProbability);

    const forced = { maxTokens: 1, logProbabilities: 2, forcedBosTokenId: 7 };
    const [other] = await generateBatch(decoder, [[3, 1, 4]], forced);
    expect(other?.ids).toEqual([7]);
    expect(other?.logProbabilities?.[0]?.likeliest).toEqual(tokens[0]?.logProbabilities?.likeliest);
    expect(other?.logProbabilities?.[0]?.chosen).toBeLessThan(tokens[0]?.logProbabilities?.chosen ?? 0);
    await expect(generateBatch(decoder, [[3]], { logProbabilities: -1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: Generation: logProbabilities must be a whole number of at least 0, got -1. Change the setting.]`,
    );
    decoder.dispose();
  });

  it('lets each row of a batch end on its own, as alone', async () => {
    const decoder = await tinyDecoder();
    const prompts = [[3, 1, 4], [2], [9, 9, 8, 1, 2]];
    const free = await generateBatch(decoder, prompts, { maxTokens: 12 });
    const stopTokens = [free[0]?.ids[2] ?? 0, free[1]?.ids[7] ?? 0];
    const together = await generateBatch(decoder, prompts, { maxTokens: 12, stopTokens, logProbabilities: 0 });
    expect(new Set(together.map(({ ids }) => ids.length)).size).toBeGreaterThan(1);
    for (const [row, prompt] of prompts.entries()) {
      const [alone] = await generateBatch(decoder, [prompt], { maxTokens: 12, stopTokens });
      expect(together[row]).toMatchObject({ ids: alone?.ids, finishReason: alone?.finishReason });
      expect(together[row]?.logProbabilities).toHaveLength(alone?.ids.length ?? 0);
    }
    decoder.dispose();
  });
});
