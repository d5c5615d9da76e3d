import { parametersOf, placeholderParameters } from '@cloze/core';
import { GptForCausalLm } from '@cloze/gpt';
import { describe, expect, it } from 'vitest';
import { configurationNamed, CONFIGURATIONS, flopsPerStep, numParameters, tokenBatches } from './configurations.ts';

const nano = configurationNamed('nano');

describe('numParameters', () => {
  it('counts what the model has', () => {
    const model = new GptForCausalLm(nano.model, placeholderParameters());
    const sizes = Object.values(parametersOf(model)).map(({ size }) => size);
    expect(numParameters(nano.model)).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  it('gives the published 124 M for GPT-2 small', () => {
    expect(numParameters(configurationNamed('small').model)).toBe(124_439_808);
  });
});

describe('flopsPerStep', () => {
  it('is 6 per parameter and token, and the products of attention', () => {
    expect(flopsPerStep(nano)).toBe(768 * (6 * numParameters(nano.model) + 12 * 4 * 128 * 64));
    expect(flopsPerStep(nano) / 1e9).toBeCloseTo(4.0, 1);
  });
});

describe('tokenBatches', () => {
  it.each(CONFIGURATIONS)('has rows of one token more than the sequence: $name', (configuration) => {
    const { model, batchSize, sequenceLength } = configuration;
    const [batch] = tokenBatches(configuration);
    expect(batch).toHaveLength(batchSize);
    for (const row of batch ?? []) {
      expect(row).toHaveLength(sequenceLength + 1);
      for (const id of row) expect(Number.isInteger(id) && id >= 0 && id < model.vocabSize).toBe(true);
    }
  });

  it('is the same every time, repeats ids within a batch, and differs between batches', () => {
    const batches = tokenBatches(nano);
    expect(tokenBatches(nano)).toEqual(batches);
    expect(new Set(batches[0]?.flat()).size).toBeGreaterThan(40);
    expect(batches[0]).not.toEqual(batches[1]);
  });
});

describe('configurationNamed', () => {
  it('names the configurations that there are', () => {
    expect(() => configurationNamed('huge')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: A configuration must be one of nano, mini, small, got "huge". Name some of them, separated by commas.]`,
    );
  });
});
