import { describe, expect, it } from 'vitest';
import { checkRatio, shareOf } from './noise.ts';

describe('shareOf', () => {
  it('rounds up what is more than a rounding error', () => {
    expect([
      shareOf(30, 0.1),
      shareOf(10, 0.3),
      shareOf(11, 0.3),
      shareOf(200, 0.3),
      shareOf(5, 1),
      shareOf(0, 0.5),
    ]).toEqual([3, 3, 4, 60, 5, 0]);
  });
});

describe('checkRatio', () => {
  it.each([-0.1, 1.1, Number.NaN])('refuses %d', (ratio) => {
    expect(() => {
      checkRatio('tokenMasking: ratio', ratio);
    }).toThrow(`CONFIG_INVALID: tokenMasking: ratio must be in [0, 1], got ${ratio}. Give a share, not a percentage.`);
  });
});
