import { assert } from '@cloze/core';

/** The middle of some figures and how far they spread. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The mean of the middle two where their number is even. */
export function median(values: readonly number[]): number {
  assert(values.length > 0, 'median: there must be at least one value.');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** Of at least one value: what adds up, for shares of a whole. */
export function mean(values: readonly number[]): number {
  assert(values.length > 0, 'mean: there must be at least one value.');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The ratios of what was measured in the same round. A busy moment of the machine slows both, so their ratio varies less than either.
 *
 * @param numerators by round; rounds that only one of the two has are left out.
 */
export function pairwiseRatios(numerators: readonly number[], denominators: readonly number[]): number[] {
  return numerators.slice(0, denominators.length).map((value, round) => value / (denominators[round] ?? Number.NaN));
}
