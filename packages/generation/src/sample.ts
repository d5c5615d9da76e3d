import { ClozeError, type RandomKey } from '@cloze/core';

/**
 * The token with the highest score, the first of several.
 *
 * @param scores [V].
 * @throws {ClozeError} `NON_FINITE` when no score is finite, or one is NaN.
 */
export function argMax(scores: Float32Array): number {
  let best = 0;
  let highest = -Infinity;
  let hasNaN = false;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] ?? 0;
    if (score > highest) {
      best = id;
      highest = score;
    }
    hasNaN ||= Number.isNaN(score);
  }
  if (hasNaN || !Number.isFinite(highest)) {
    throw new ClozeError('NON_FINITE', {
      message: `The scores of the next token must be finite, got ${hasNaN ? 'NaN' : String(highest)}.`,
      hint: 'The weights are damaged or the model diverged in training; use an earlier checkpoint.',
    });
  }
  return best;
}

/**
 * Draws a token with the probabilities softmax(scores). The same key draws the same token.
 *
 * @param scores [V]; -Infinity = never.
 * @throws {ClozeError} `NON_FINITE` as {@link argMax}.
 */
export function sample(scores: Float32Array, key: RandomKey): number {
  const highest = scores[argMax(scores)] ?? 0;
  let total = 0;
  for (const score of scores) total += Math.exp(score - highest);
  const [uniform = 0] = key.uniform(1);
  let remaining = uniform * total;
  let drawn = 0;
  for (let id = 0; id < scores.length; id++) {
    const weight = Math.exp((scores[id] ?? 0) - highest);
    if (weight === 0) continue;
    drawn = id;
    remaining -= weight;
    if (remaining < 0) break;
  }
  // Where rounding leaves a remainder, it is the last possible token.
  return drawn;
}
