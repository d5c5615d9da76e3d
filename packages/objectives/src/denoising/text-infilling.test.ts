import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { textInfilling, type TextInfillingOptions } from './text-infilling.ts';

const MASK = 4;
const LENGTH = 202;
/** Ascending ids, so that a gap between two neighbours tells what is hidden. */
const tokens = Int32Array.from({ length: LENGTH }, (_, index) => 1000 + index);
const infill = (options: Partial<TextInfillingOptions>, key: RandomKey): Int32Array =>
  textInfilling({ ratio: 0.3, maskTokenId: MASK, ...options })(tokens, key);

/** Between neighbours that are kept: how many masks stand there, and how many tokens are missing. */
function gapsOf(source: Int32Array): { masks: number; missing: number }[] {
  const gaps: { masks: number; missing: number }[] = [];
  let [masks, last] = [0, 999];
  for (const id of source) {
    if (id === MASK) masks += 1;
    else {
      gaps.push({ masks, missing: id - last - 1 });
      [masks, last] = [0, id];
    }
  }
  return gaps;
}

describe('textInfilling', () => {
  const keys = RandomKey.fromSeed(9).split(1000);

  it('hides up to 30 % of the tokens behind masks, and nothing without a mask', () => {
    const hidden = keys.map((key) => {
      const source = infill({}, key);
      expect([source[0], source.at(-1)]).toEqual([1000, 1000 + LENGTH - 1]);
      const gaps = gapsOf(source);
      expect(gaps.every(({ masks, missing }) => missing >= 0 && (masks > 0 || missing === 0))).toBe(true);
      return gaps.reduce((sum, { missing }) => sum + missing, 0);
    });
    expect(Math.max(...hidden)).toBeLessThanOrEqual(60);
    // Spans overlap: of 20 spans of 3, each begins inside of another with a probability of about 0.2.
    const mean = hidden.reduce((sum, count) => sum + count, 0) / hidden.length;
    expect(mean).toBeGreaterThan(48);
    expect(mean).toBeLessThan(54);
  });

  it('has one mask for a span of any length, none of which is longer than drawn', () => {
    const lone = keys.flatMap((key) => gapsOf(infill({ ratio: 0.02 }, key)).filter(({ masks }) => masks === 1));
    const share = (missing: number): number => lone.filter((gap) => gap.missing === missing).length / lone.length;
    // A budget of 4 cuts long spans; those of length 0 are insertions.
    expect([0, 1, 2, 3, 4].reduce((sum, missing) => sum + share(missing), 0)).toBe(1);
    for (const missing of [0, 1, 2, 3, 4]) expect(share(missing)).toBeGreaterThan(0.02);
  });

  it('counts in words where it is told where they begin', () => {
    const isWordStart = (id: number): boolean => id % 4 === 0;
    for (const key of keys.slice(0, 100)) {
      const gaps = gapsOf(infill({ isWordStart }, key));
      // The last word is cut by the end of the text: it has one token.
      const interior = gaps.slice(0, -1);
      expect(interior.every(({ missing }) => missing % 4 === 0)).toBe(true);
      expect(gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(4 * Math.ceil(0.3 * 50));
    }
  });

  it('leaves a text without words alone', () => {
    expect(infill({ isWordStart: () => false }, RandomKey.fromSeed(1))).toEqual(tokens);
  });

  it('refuses a mean length that is none', () => {
    expect(() =>
      textInfilling({ ratio: 0.3, maskTokenId: MASK, meanSpanLength: 0 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: textInfilling: meanSpanLength must be in (0, 64], got 0. The paper has 3.]`,
    );
  });
});
