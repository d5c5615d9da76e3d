import { describe, expect, it } from 'vitest';
import { rollingWindows } from './rolling-windows.ts';

const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const cut = (contextLength: number, maxPositions = 4): ReturnType<typeof rollingWindows> =>
  rollingWindows(ids, { prefixTokenId: 0, maxPositions, contextLength });

describe('rollingWindows', () => {
  it("equals the example in lm-evaluation-harness' documentation", () => {
    // Predicted: [1 2 3 4] [5 6 7 8] [9 10], each window as long as the positions allow.
    expect(cut(1)).toEqual([
      { ids: [0, 1, 2, 3, 4], numTargets: 4 },
      { ids: [4, 5, 6, 7, 8], numTargets: 4 },
      { ids: [6, 7, 8, 9, 10], numTargets: 2 },
    ]);
  });

  it.each([1, 2, 3, 4])('predicts each token once, from at least %d tokens', (contextLength) => {
    const windows = cut(contextLength);
    expect(windows.flatMap((window) => window.ids.slice(-window.numTargets))).toEqual(ids);
    for (const window of windows.slice(1)) {
      expect(window.ids.length - 1).toBe(4);
      expect(window.ids.length - window.numTargets).toBeGreaterThanOrEqual(contextLength);
    }
  });

  it('leaves short texts whole, and empty ones out', () => {
    expect(cut(1, 20)).toEqual([{ ids: [0, ...ids], numTargets: 10 }]);
    expect(rollingWindows([], { prefixTokenId: 0, maxPositions: 4, contextLength: 1 })).toEqual([]);
  });

  it('refuses a context that does not fit', () => {
    expect(() => cut(5)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: contextLength must be from 1 to the model's 4 positions, got 5. Half of the positions is a usual choice.]`,
    );
  });
});
