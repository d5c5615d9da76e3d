import { ConfigError, type RandomKey } from '@cloze/core';
import type { DataCursor, ExampleSource } from './example-source.ts';
import { fingerprint } from './fingerprint.ts';
import { positionOf } from './indexed-source.ts';

/** A source in a mixture. */
export interface MixtureComponent<Example> {
  readonly source: ExampleSource<Example>;
  /** How often it is drawn from, relative to the others; positive. See {@link mixingRate}. */
  readonly rate: number;
}

/**
 * Several sources as one: each example comes from one of them, drawn independently with probabilities proportional to their rates. Each source goes on
 * where it was left, so none is read twice or skipped, and small ones are repeated.
 *
 * @throws {ConfigError} when there is no source, or when a rate is not positive.
 * @see Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section 3.5.2.
 *   <https://arxiv.org/abs/1910.10683>
 */
export function mixture<Example>(
  components: readonly MixtureComponent<Example>[],
  { key }: { readonly key: RandomKey },
): ExampleSource<Example> {
  checkRates(components);
  const sources = components.map(({ source }) => source);
  const borders = cumulativeShares(components.map(({ rate }) => rate));
  const drawn = (position: number): number => {
    const [chance = 0] = key.fold('source').fold(position).uniform(1);
    return Math.max(
      borders.findIndex((border) => chance < border),
      0,
    );
  };
  return {
    start: joined(
      0,
      sources.map(({ start }) => start),
    ),
    fingerprint: fingerprint(
      'mixture',
      ...sources.map((source) => source.fingerprint),
      components.map(({ rate }) => rate).join(),
      key.toWords(),
    ),
    read: async (cursor, count) => {
      const begin = positionOf(cursor);
      const choices = Array.from({ length: count }, (_, index) => drawn(begin + index));
      const slices = await Promise.all(
        sources.map((source, index) =>
          source.read(partOf(cursor, index), choices.filter((choice) => choice === index).length),
        ),
      );
      const numTaken = sources.map(() => 0);
      const take = (choice: number): readonly Example[] => {
        const next = numTaken[choice] ?? 0;
        numTaken[choice] = next + 1;
        return slices[choice]?.examples.slice(next, next + 1) ?? [];
      };
      return {
        examples: choices.flatMap(take),
        cursor: joined(
          begin + count,
          slices.map((slice) => slice.cursor),
        ),
      };
    },
  };
}

/** Settings of {@link mixingRate}. */
export interface MixingOptions {
  /** 1: proportional to the number of examples. The higher, the more alike are the rates. Default: 1. */
  readonly temperature?: number;
  /** The most examples that count, taken before the temperature; T5 has 2^19. Default: no limit. */
  readonly maximum?: number;
  /** Factor of the number of examples, taken before the maximum. Default: 1. */
  readonly scale?: number;
}

/**
 * The rate of a source with this many examples: `min(numExamples * scale, maximum)^(1 / temperature)`.
 *
 * @throws {ConfigError} when the number of examples or a setting is not positive.
 * @see Raffel et al. 2020, section 3.5.2. <https://arxiv.org/abs/1910.10683>
 */
export function mixingRate(
  numExamples: number,
  { temperature = 1, maximum = Infinity, scale = 1 }: MixingOptions = {},
): number {
  for (const [name, value] of Object.entries({ numExamples, temperature, maximum, scale })) {
    if (value > 0) continue;
    throw new ConfigError({
      message: `mixingRate: ${name} must be greater than 0, got ${value}.`,
      hint: 'Leave empty sources out.',
    });
  }
  return Math.min(numExamples * scale, maximum) ** (1 / temperature);
}

/** The upper border of each source's part of [0, 1). */
function cumulativeShares(rates: readonly number[]): readonly number[] {
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  let sum = 0;
  return rates.map((rate, index) => {
    sum += rate;
    // Rounding must leave no gap below 1.
    return index === rates.length - 1 ? 1 : sum / total;
  });
}

/** The cursors of all sources in one: their fields, each after the number of its source. */
function joined(position: number, cursors: readonly DataCursor[]): DataCursor {
  const parts = cursors.flatMap((cursor, index) =>
    Object.entries(cursor).map(([field, value]) => [`${index}.${field}`, value] as const),
  );
  return { position, ...Object.fromEntries(parts) };
}

function partOf(cursor: DataCursor, index: number): DataCursor {
  const prefix = `${index}.`;
  return Object.fromEntries(
    Object.entries(cursor)
      .filter(([field]) => field.startsWith(prefix))
      .map(([field, value]) => [field.slice(prefix.length), value]),
  );
}

function checkRates(components: readonly MixtureComponent<unknown>[]): void {
  if (components.length === 0) {
    throw new ConfigError({ message: 'mixture: there must be a source, got none.', hint: 'Name what is to be mixed.' });
  }
  components.forEach(({ rate }, index) => {
    if (rate > 0 && rate < Infinity) return;
    throw new ConfigError({
      message: `mixture: the rate of source ${index} must be positive and finite, got ${rate}.`,
      hint: 'Leave sources out that are not to be drawn from.',
    });
  });
}
