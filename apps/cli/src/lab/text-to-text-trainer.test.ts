import { disposeModule, parametersOf, RandomKey } from '@cloze/core';
import { listSource } from '@cloze/datasets';
import { Decoder, generateBatch } from '@cloze/generation';
import { onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { T5_TOKENS, T5_WRITER } from './small-encoder-decoders.ts';
import { TINY } from './small-models.ts';
import { TextToTextTrainer } from './text-to-text-trainer.ts';

describe('TextToTextTrainer', () => {
  leaksNoTensors();

  it('trains a copy, and counts as exact what the model writes', async () => {
    const engine = onnxRuntimeEngine({ numThreads: 1 });
    const start = T5_WRITER.create(T5_WRITER.trainTokenizer(['a text'], 300), TINY, RandomKey.fromSeed(1));
    const before = Object.values(parametersOf(start.model)).map((tensor) => tensor.dataSync());
    const { eosTokenId } = T5_TOKENS;
    // The first of two letters decides what is to be written.
    const pairs = [100, 110, 120, 130].map((id) => ({
      sourceIds: [id, 140, eosTokenId],
      targetIds: [id + 1, id + 2, eosTokenId],
    }));
    const lengths = { sourceLength: 4, targetLength: 4 };
    const trainer = new TextToTextTrainer({ model: start.model, ...lengths, batchSize: 4, engine });
    const trained = await trainer.train(start.model, {
      objective: trainer.objective,
      data: listSource(pairs),
      ...{ numSteps: 60, learningRate: 1e-2, key: RandomKey.fromSeed(2) },
    });

    expect(Object.values(parametersOf(start.model)).map((tensor) => tensor.dataSync())).toEqual(before);
    expect(await trainer.loss(trained, pairs)).toBeLessThan(0.5 * (await trainer.loss(start.model, pairs)));
    for (const model of [start.model, trained]) {
      const decoder = await Decoder.create(model, { engine });
      const sources = pairs.map(({ sourceIds }) => sourceIds);
      const written = await generateBatch(decoder, sources, { maxTokens: 3 });
      decoder.dispose();
      const exact = written.filter(({ ids }, index) => ids.join() === pairs[index]?.targetIds.join());
      expect(await trainer.exactMatch(model, pairs)).toBeCloseTo((100 * exact.length) / pairs.length);
    }
    expect(await trainer.exactMatch(trained, pairs)).toBeGreaterThan(0);
    trainer.dispose();
    disposeModule(trained);
    start.dispose();
  });
});
