import { ClozeError, type RandomKey } from '@cloze/core';

/**
 * The token with the highest score, the first of several.
 *
 * @param scores [V].
 * @throws {ClozeError} `NON_FINITE` when no score is finite, or one is NaN.
 */
export function argMax(scores: Float32Array): number {
  let best = 0;
  for (let id = 1; id < scores.length; id++) if ((scores[id] ?? 0) > (scores[best] ?? 0)) best = id;
  // NaN is never greater, so it has to be looked for; infinity is.
  if (!Number.isFinite(scores[best]) || scores.some(Number.isNaN)) {
    throw new ClozeError('NON_FINITE', {
      message: `The scores of the next token must be finite, got ${scores.some(Number.isNaN) ? 'NaN' : String(scores[best])}.`,
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
