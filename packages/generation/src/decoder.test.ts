import { disposeModule } from '@cloze/core';
import { onnxRuntimeEngine, tfjsEngine, type Engine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { generate, generateBatch } from './generate.ts';

leaksNoTensors();

async function withDecoder<T>(
  options: { engine: Engine; usesCache?: boolean; maxPositions?: number },
  use: (decoder: Decoder) => Promise<T>,
): Promise<T> {
  const model = tinyGpt(options);
  const decoder = await Decoder.create(model, options);
  disposeModule(model);
  try {
    return await use(decoder);
  } finally {
    decoder.dispose();
  }
}

async function greedy(decoder: Decoder, prompt: readonly number[], maxTokens: number): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of generate(decoder, prompt, { maxTokens })) ids.push(id);
  return ids;
}

const ENGINES = [
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }) },
  { name: 'tfjs', engine: tfjsEngine() },
];

describe.each(ENGINES)('Decoder with $name', ({ engine }) => {
  it('gives the same tokens with and without cache, beyond the positions, too', async () => {
    const prompt = [3, 1, 4, 1, 5];
    const cached = await withDecoder({ engine }, (decoder) => greedy(decoder, prompt, 90));
    const computed = await withDecoder({ engine, usesCache: false }, (decoder) => greedy(decoder, prompt, 90));
    expect(cached).toHaveLength(90);
    expect(new Set(cached).size).toBeGreaterThan(3);
    expect(cached).toEqual(computed);
  });

  it('gives a prompt in a batch the tokens that it gets alone', async () => {
    const prompts = [[3, 1, 4], [1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9], [2]];
    await withDecoder({ engine }, async (decoder) => {
      const together = await generateBatch(decoder, prompts, { maxTokens: 50 });
      for (const [row, prompt] of prompts.entries()) {
        expect(together[row]?.ids).toEqual(await greedy(decoder, prompt, 50));
      }
    });
  });
});

describe('Decoder', () => {
  const engine = tfjsEngine();

  it('reads the end of a prompt that is longer than the positions', async () => {
    const prompt = Array.from({ length: 100 }, (_, index) => (index * 7) % 50);
    await withDecoder({ engine }, async (decoder) => {
      // Three quarters of 40 positions.
      expect(await greedy(decoder, prompt, 5)).toEqual(await greedy(decoder, prompt.slice(-30), 5));
    });
  });

  it('makes sequences continue others', async () => {
    await withDecoder({ engine }, async (decoder) => {
      await decoder.start(
        [
          [3, 1],
          [4, 1, 5],
        ],
        10,
      );
      await decoder.append([7, 8]);
      await decoder.reorder([1, 1]);
      expect(decoder.sequences).toEqual([
        [4, 1, 5, 8],
        [4, 1, 5, 8],
      ]);
      const [first, second] = await decoder.append([9, 9]);
      expect(first).toEqual(second);
      const [alone] = await decoder.start([[4, 1, 5, 8, 9]], 10);
      alone?.forEach((score, id) => {
        expect(first?.[id]).toBeCloseTo(score, 4);
      });
    });
  });

  it('refuses empty prompts and unknown ids', async () => {
    await withDecoder({ engine }, async (decoder) => {
      await expect(decoder.start([[]], 10)).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: A prompt must have at least one token, got none. Begin with a first word.]`,
      );
      await expect(decoder.start([[3, 50]], 10)).rejects.toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: Token ids must be whole numbers from 0 to 49, got 50. Use the tokenizer that belongs to the model.]`,
      );
      await expect(decoder.start([[-1]], 10)).rejects.toThrow('got -1');
    });
  });
});
