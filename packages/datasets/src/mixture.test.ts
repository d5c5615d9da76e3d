import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import type { DataCursor, ExampleSource } from './example-source.ts';
import { indexedSource } from './indexed-source.ts';
import { mixingRate, mixture } from './mixture.ts';

const key = RandomKey.fromSeed(1);
const counting = (name: string): ExampleSource<string> =>
  indexedSource({ fingerprint: name, exampleAt: (position) => `${name}${position}` });
const sources = (...rates: number[]) => rates.map((rate, index) => ({ source: counting('abc'.charAt(index)), rate }));

describe('mixture', () => {
  it('draws from each source by its rate, in its order', async () => {
    const source = mixture(sources(1, 3), { key });
    const { examples } = await source.read(source.start, 4000);
    const ofFirst = examples.filter((example) => example.startsWith('a'));
    expect(examples).toHaveLength(4000);
    expect(ofFirst.length / 4000).toBeCloseTo(0.25, 1);
    expect(ofFirst).toEqual(ofFirst.map((_, index) => `a${index}`));
    expect(examples.slice(0, 20)).not.toEqual(examples.slice(0, 20).toSorted());
  });

  it('goes on from a cursor that went through JSON, in parts of any size', async () => {
    const inner = mixture(sources(2, 1), { key: RandomKey.fromSeed(2) });
    const components = [
      { source: inner, rate: 1 },
      { source: counting('c'), rate: 1 },
    ];
    const whole = await mixture(components, { key }).read(mixture(components, { key }).start, 50);
    let cursor = mixture(components, { key }).start;
    const parts: string[] = [];
    for (const count of [7, 0, 1, 30, 12]) {
      const slice = await mixture(components, { key }).read(cursor, count);
      parts.push(...slice.examples);
      cursor = JSON.parse(JSON.stringify(slice.cursor)) as DataCursor;
    }
    expect(parts).toEqual(whole.examples);
    expect(cursor).toEqual(whole.cursor);
  });

  it('tells sources, rates and keys apart', () => {
    const prints = [
      mixture(sources(1, 2), { key }),
      mixture(sources(2, 1), { key }),
      mixture(sources(1, 2, 3), { key }),
      mixture(sources(1, 2), { key: RandomKey.fromSeed(2) }),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
    expect(mixture(sources(1, 2), { key }).fingerprint).toBe(prints[0]);
  });

  it('refuses what cannot be mixed, and cursors of other sources', async () => {
    expect(() => mixture([], { key })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: mixture: there must be a source, got none. Name what is to be mixed.]`,
    );
    expect(() => mixture(sources(1, 0), { key })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: mixture: the rate of source 1 must be positive and finite, got 0. Leave sources out that are not to be drawn from.]`,
    );
    await expect(mixture(sources(1, 1), { key }).read({ position: 3 }, 1)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: The data cursor must hold a position, got {}. Resume with the kind of data source that the run was started with.]`,
    );
    await expect(mixture(sources(1, 1), { key }).read({ line: 3 }, 1)).rejects.toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
    });
  });
});

describe('mixingRate', () => {
  it('is T5: proportional up to a maximum, then flattened by a temperature', () => {
    const rates = (options: object): number[] => [1000, 4_000_000].map((count) => mixingRate(count, options));
    expect(rates({})).toEqual([1000, 4_000_000]);
    expect(rates({ maximum: 2 ** 19 })).toEqual([1000, 524_288]);
    expect(rates({ maximum: 2 ** 19, temperature: 2 })).toEqual([Math.sqrt(1000), Math.sqrt(524_288)]);
    expect(rates({ scale: 0.5, maximum: 1_000_000 })).toEqual([500, 1_000_000]);
    expect(rates({ temperature: Infinity })).toEqual([1, 1]);
  });

  it('refuses what is not positive', () => {
    expect(() => mixingRate(0)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: mixingRate: numExamples must be greater than 0, got 0. Leave empty sources out.]`,
    );
    expect(() => mixingRate(10, { temperature: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: mixingRate: temperature must be greater than 0, got -1. Leave empty sources out.]`,
    );
  });
});
