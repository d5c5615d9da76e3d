import { ConfigError } from '@cloze/core';
import type { ScoredIds } from './encode-continuation.ts';

/** How a text is cut. */
export interface RollingWindowOptions {
  /** Stands before the first token. */
  readonly prefixTokenId: number;
  /** How many tokens a model reads at once. */
  readonly maxPositions: number;
  /** How many tokens each predicted one sees at least, in all windows but the first; 1 is fastest, more is more exact. */
  readonly contextLength: number;
}

/**
 * Cuts a text of any length into windows, so that each token is predicted once.
 *
 * @see EleutherAI/lm-evaluation-harness, `utils.py`, `get_rolling_token_windows`.
 * @throws {ConfigError} when the context does not fit into the positions.
 */
export function rollingWindows(
  ids: readonly number[],
  { prefixTokenId, maxPositions, contextLength }: RollingWindowOptions,
): ScoredIds[] {
  if (!(contextLength >= 1 && contextLength <= maxPositions)) {
    throw new ConfigError({
      message: `contextLength must be from 1 to the model's ${maxPositions} positions, got ${contextLength}.`,
      hint: 'Half of the positions is a usual choice.',
    });
  }
  if (ids.length === 0) return [];
  const numFirst = Math.min(maxPositions, ids.length);
  const windows: ScoredIds[] = [{ ids: [prefixTokenId, ...ids.slice(0, numFirst)], numTargets: numFirst }];
  const stride = maxPositions - contextLength + 1;
  for (let start = numFirst; start < ids.length; start += stride) {
    const end = Math.min(start + stride, ids.length);
    windows.push({ ids: ids.slice(end - maxPositions - 1, end), numTargets: end - start });
  }
  return windows;
}
