import { describe, expect, it } from 'vitest';
import { lossPath, smoothed } from './loss-curve.ts';

describe('lossPath', () => {
  it('runs from left to right and has large losses at the top', () => {
    const frame = { width: 100, height: 50, numSteps: 10, maxLoss: 4 };
    const points = [
      { step: 0, loss: 4 },
      { step: 5, loss: 2 },
      { step: 10, loss: 0 },
    ];
    expect(lossPath(points, frame)).toBe('M0.0 0.0 L50.0 25.0 L100.0 50.0');
  });

  it('keeps within the drawing', () => {
    expect(lossPath([{ step: 1, loss: 9 }], { width: 10, height: 10, numSteps: 10, maxLoss: 3 })).toBe('M1.0 0.0');
  });
});

describe('smoothed', () => {
  it('moves by a share of the difference', () => {
    const points = [4, 2, 2].map((loss, step) => ({ step, loss }));
    expect(smoothed(points, 0.5).map(({ loss }) => loss)).toEqual([4, 3, 2.5]);
  });
});
