import type { RandomKey } from '@cloze/core';

/**
 * A function that draws the lengths of spans, in words: Poisson distributed, cut so that they sum up to `budget`.
 *
 * Some may be 0; the last is not.
 *
 * @param mean of the distribution.
 */
export function poissonSpanLengths(mean: number): (budget: number, key: RandomKey) => number[] {
  const cumulative = cumulativePoisson(mean);
  return (budget, key) => {
    const lengths: number[] = [];
    let left = budget;
    for (let round = 0; left > 0; round++) {
      for (const chance of key.fold(round).uniform(budget)) {
        if (left === 0) break;
        const drawn = cumulative.findIndex((limit) => chance < limit);
        const length = Math.min(drawn, left);
        lengths.push(length);
        left -= length;
      }
    }
    return lengths;
  };
}

/** P(X <= k) for k = 0, 1, ... until P(X = k) falls below 1e-7; the last one is 1. */
function cumulativePoisson(mean: number): number[] {
  const sums: number[] = [];
  let probability = Math.exp(-mean);
  let sum = 0;
  for (let k = 0; k < 128; k++) {
    sum += probability;
    sums.push(sum);
    if (k > mean && probability < 1e-7) break;
    probability *= mean / (k + 1);
  }
  return sums.map((value) => value / sum);
}
