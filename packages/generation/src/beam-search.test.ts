import { join } from 'node:path';
import { bartFamily } from '@cloze/bart';
import { disposeModule } from '@cloze/core';
import { loadPretrainedOf } from '@cloze/hub';
import { tfjsEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { beamSearch, type BeamSearchOptions } from './beam-search.ts';
import type { WritingModel } from './decode-steps.ts';
import { Decoder } from './decoder.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { generateBatch } from './generate.ts';

leaksNoTensors();

async function withDecoder(model: WritingModel, use: (decoder: Decoder) => Promise<void>): Promise<void> {
  const decoder = await Decoder.create(model, { engine: tfjsEngine() });
  disposeModule(model);
  await use(decoder);
  decoder.dispose();
}

async function tinyBart(): Promise<WritingModel> {
  const folder = join(import.meta.dirname, 'fixtures/bart');
  return (await loadPretrainedOf(bartFamily, folder, { task: 'conditional-generation' })).model;
}

const PROMPTS = [[3, 1, 4], [1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9], [2]];

describe('beamSearch', () => {
  it.each([
    ['a decoder', () => Promise.resolve(tinyGpt())],
    ['an encoder-decoder', tinyBart],
  ])('gives a prompt of %s in a batch what it gets alone', async (_, create) => {
    await withDecoder(await create(), async (decoder) => {
      const options = { maxTokens: 10, numBeams: 3, numResults: 2, stopTokens: [1], noRepeatNgramSize: 2 };
      const together = await beamSearch(decoder, PROMPTS, options);
      for (const [row, prompt] of PROMPTS.entries()) {
        const [alone = []] = await beamSearch(decoder, [prompt], options);
        expect(together[row]?.map(({ ids }) => ids)).toEqual(alone.map(({ ids }) => ids));
        expect(alone).toHaveLength(2);
      }
    });
  });

  it('with one beam is greedy, and says how it ended', async () => {
    await withDecoder(await tinyBart(), async (decoder) => {
      const options = { maxTokens: 10, stopTokens: [15] };
      const greedy = await generateBatch(decoder, PROMPTS, options);
      const searched = await beamSearch(decoder, PROMPTS, { ...options, numBeams: 1, lengthPenalty: 0 });
      expect(searched.map(([text]) => ({ ids: text?.ids, finishReason: text?.finishReason }))).toEqual(greedy);
      expect(greedy.map(({ finishReason }) => finishReason)).toContain('stop');
    });
  });

  it('goes on beyond the positions', async () => {
    await withDecoder(tinyGpt(), async (decoder) => {
      const [[text] = []] = await beamSearch(decoder, [[3, 1, 4]], { maxTokens: 50, numBeams: 2 });
      expect(text).toMatchObject({ finishReason: 'length' });
      expect(text?.ids).toHaveLength(50);
    });
  });

  it('writes nothing where nothing is asked for', async () => {
    await withDecoder(tinyGpt(), async (decoder) => {
      expect(await beamSearch(decoder, [], {})).toEqual([]);
      expect(await beamSearch(decoder, [[1]], { maxTokens: 0 })).toEqual([[]]);
    });
  });

  it('says what is wrong', async () => {
    await withDecoder(tinyGpt(), async (decoder) => {
      const failure = (options: BeamSearchOptions): Promise<unknown> => beamSearch(decoder, [[1]], options);
      await expect(failure({ numBeams: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: USAGE: Generation: numBeams must be a whole number of at least 1, got 0. Change the setting.]`,
      );
      await expect(failure({ numResults: 5 })).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: USAGE: Generation: numResults must be a whole number from 1 to numBeams (4), got 5. Change the setting.]`,
      );
      await expect(failure({ lengthPenalty: NaN })).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: USAGE: Generation: lengthPenalty must be a finite number, got NaN. Change the setting.]`,
      );
      await expect(failure({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
      await expect(beamSearch(decoder, [[]])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    });
  });
});
