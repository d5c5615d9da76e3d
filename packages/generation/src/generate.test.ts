import { disposeModule, RandomKey, type CausalLanguageModel } from '@cloze/core';
import { tfjsEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { trainByteLevelBpe } from '@cloze/tokenizer';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { generate, generateBatch, generateText, type GenerateOptions, type GenerateTextOptions } from './generate.ts';

leaksNoTensors();

async function withDecoder<T>(
  use: (decoder: Decoder) => Promise<T>,
  model: CausalLanguageModel = tinyGpt(),
): Promise<T> {
  const decoder = await Decoder.create(model, { engine: tfjsEngine() });
  disposeModule(model);
  try {
    return await use(decoder);
  } finally {
    decoder.dispose();
  }
}

async function tokens(
  decoder: Decoder,
  options: GenerateOptions,
): Promise<{ ids: number[]; reason: string | undefined }> {
  const ids: number[] = [];
  let reason: string | undefined;
  for await (const { id, finishReason } of generate(decoder, [3, 1, 4], { maxTokens: 12, ...options })) {
    ids.push(id);
    reason = finishReason;
  }
  return { ids, reason };
}

const tokenizer = trainByteLevelBpe(['größer, höher, weiter: 日本語 🎉🎉'], { vocabSize: 270 });

async function pieces(
  decoder: Decoder,
  options: GenerateTextOptions,
): Promise<{ texts: string[]; ids: number[]; reason: string | undefined }> {
  const texts: string[] = [];
  const ids: number[] = [];
  let reason: string | undefined;
  for await (const { text, ids: more, finishReason } of generateText(decoder, tokenizer, [1], {
    maxTokens: 40,
    ...options,
  })) {
    texts.push(text);
    ids.push(...more);
    reason = finishReason;
  }
  return { texts, ids, reason };
}

describe('generate', () => {
  it('samples by key: the same key, the same tokens', async () => {
    await withDecoder(async (decoder) => {
      const [a, b, c] = [1, 1, 2].map((seed) => ({ key: RandomKey.fromSeed(seed), temperature: 2 }));
      const first = await tokens(decoder, a ?? {});
      expect(await tokens(decoder, b ?? {})).toEqual(first);
      expect((await tokens(decoder, c ?? {})).ids).not.toEqual(first.ids);
    });
  });

  it('is greedy without key, with temperature 0 and with one choice', async () => {
    await withDecoder(async (decoder) => {
      const greedy = await tokens(decoder, {});
      const key = RandomKey.fromSeed(1);
      expect(await tokens(decoder, { key, temperature: 0 })).toEqual(greedy);
      expect(await tokens(decoder, { key, topK: 1 })).toEqual(greedy);
      expect(await tokens(decoder, { key, topP: 1e-9 })).toEqual(greedy);
    });
  });

  it('ends at stop tokens and after maxTokens', async () => {
    await withDecoder(async (decoder) => {
      const { ids, reason } = await tokens(decoder, {});
      expect([ids.length, reason]).toEqual([12, 'length']);
      const stop = ids[4] ?? 0;
      const cut = ids.slice(0, ids.indexOf(stop) + 1);
      expect(await tokens(decoder, { stopTokens: [stop] })).toEqual({ ids: cut, reason: 'stop' });
      expect(await tokens(decoder, { maxTokens: 0 })).toEqual({ ids: [], reason: undefined });
      expect(await generateBatch(decoder, [[3, 1, 4]], { maxTokens: 12, stopTokens: [stop] })).toEqual([
        { ids: cut, finishReason: 'stop' },
      ]);
    });
  });

  it('stops when it is told to', async () => {
    await withDecoder(async (decoder) => {
      const controller = new AbortController();
      const collect = async (): Promise<void> => {
        for await (const { id } of generate(decoder, [1], { signal: controller.signal })) {
          expect(id).toBeGreaterThanOrEqual(0);
          controller.abort();
        }
      };
      await expect(collect()).rejects.toMatchObject({ code: 'CANCELLED', exitCode: 130 });
      await expect(generateBatch(decoder, [[1]], { signal: controller.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
    });
  });

  it('refuses scores that are not numbers', async () => {
    const model = tinyGpt();
    const broken: CausalLanguageModel = {
      cacheShape: model.cacheShape,
      forward: (inputs, options) => {
        const outputs = model.forward(inputs, options);
        return { ...outputs, logits: tf.mul(outputs.logits, NaN) };
      },
    };
    await withDecoder(async (decoder) => {
      await expect(tokens(decoder, {})).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: NON_FINITE: The scores of the next token must be finite, got NaN. The weights are damaged or the model diverged in training; use an earlier checkpoint.]`,
      );
    }, broken);
    disposeModule(model);
  });
});

describe('generateText', () => {
  it('gives whole characters that add up to the text of all tokens', async () => {
    await withDecoder(
      async (decoder) => {
        for (const seed of [1, 2, 3]) {
          const { texts, ids } = await pieces(decoder, { key: RandomKey.fromSeed(seed), temperature: 3 });
          expect(texts.join('')).toBe(tokenizer.decode(ids));
        }
      },
      tinyGpt({ vocabSize: tokenizer.vocabSize }),
    );
  });

  it('ends before a stop text, wherever the tokens cut it', async () => {
    await withDecoder(
      async (decoder) => {
        const options = { key: RandomKey.fromSeed(1), temperature: 3 };
        const whole = (await pieces(decoder, options)).texts.join('');
        const stop = whole.slice(5, 8);
        const { texts, reason } = await pieces(decoder, { ...options, stopTexts: ['does not occur', stop] });
        expect(texts.join('')).toBe(whole.slice(0, whole.indexOf(stop)));
        expect(reason).toBe('stop');
      },
      tinyGpt({ vocabSize: tokenizer.vocabSize }),
    );
  });
});
