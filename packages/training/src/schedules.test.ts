import { fc, test as forAll } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { constant, inverseSquareRoot, slantedTriangular, warmupCosine, warmupLinear } from './schedules.ts';

const settings = fc
  .record({
    warmupSteps: fc.nat(50),
    rest: fc.integer({ min: 1, max: 200 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ warmupSteps, rest, share }) => ({ peak: 3, warmupSteps, numSteps: warmupSteps + rest, floor: 3 * share }));

describe.each([
  ['warmupCosine', warmupCosine],
  ['warmupLinear', warmupLinear],
] as const)('%s', (_, create) => {
  forAll.prop([settings])('rises evenly to the peak, never rises again, and ends at the floor', (given) => {
    const schedule = create(given);
    const rates = Array.from({ length: given.numSteps + 10 }, (__, index) => schedule(index + 1));
    const rise = given.peak / (given.warmupSteps + 1);
    rates.slice(0, given.warmupSteps + 1).forEach((rate, index) => {
      expect(rate).toBeCloseTo(rise * (index + 1), 10);
    });
    const fall = rates.slice(given.warmupSteps);
    fall.forEach((rate, index) => {
      expect(rate).toBeLessThanOrEqual((fall[index - 1] ?? given.peak) + 1e-12);
      expect(rate).toBeGreaterThanOrEqual(given.floor - 1e-12);
    });
    expect(rates.at(-1)).toBe(given.floor);
  });

  it('refuses a warm-up that is longer than the whole', () => {
    expect(() => create({ peak: 1, warmupSteps: 11, numSteps: 10 })).toThrow(
      'CONFIG_INVALID: The warm-up must be at most as long as the schedule (10 steps), got 11. Shorten the warm-up.',
    );
  });
});

describe('schedules', () => {
  it("give nanoGPT's rates", () => {
    const schedule = warmupCosine({ peak: 1e-3, warmupSteps: 100, numSteps: 2000, floor: 1e-4 });
    // `get_lr(0)`, `get_lr(99)`, `get_lr(100)`, `get_lr(1050)` and `get_lr(2001)` of its train.py.
    expect([1, 100, 101, 1051, 2002].map(schedule)).toEqual([
      1e-3 / 101,
      expect.closeTo(0.1 / 101, 12),
      1e-3,
      expect.closeTo(5.5e-4, 12),
      1e-4,
    ]);
  });

  it('stay constant, or fall with the root of the step', () => {
    expect([1, 100].map(constant(0.5))).toEqual([0.5, 0.5]);
    expect([1, 10_000, 40_000].map(inverseSquareRoot({ peak: 0.01, warmupSteps: 10_000 }))).toEqual([
      0.01, 0.01, 0.005,
    ]);
  });

  it("give AllenNLP's slanted triangle, which is the paper's where the cut is not rounded", () => {
    const [peak, ratio] = [0.01, 32];
    const paper = (numSteps: number, step: number): number => {
      const cut = Math.floor(numSteps * 0.1);
      const height = step <= cut ? (step - 1) / cut : 1 - (step - 1 - cut) / (cut * (1 / 0.1 - 1));
      return (peak * (1 + height * (ratio - 1))) / ratio;
    };
    const even = slantedTriangular({ peak, numSteps: 40 });
    for (let step = 1; step <= 40; step++) expect(even(step)).toBeCloseTo(paper(40, step), 12);
    expect([1, 5, 41, 100].map(even)).toEqual([peak / 32, peak, peak / 32, peak / 32]);

    // int(49 * 0.1) is 4: the paper would reach the end at step 41 and go below it.
    const odd = slantedTriangular({ peak, numSteps: 49 });
    expect(odd(50)).toBeCloseTo(peak / 32, 12);
    expect(paper(49, 50)).toBeLessThan(0);
  });

  it('give a triangle of a few steps, too', () => {
    expect([1, 2, 3, 4].map(slantedTriangular({ peak: 1, numSteps: 3, ratio: 4 }))).toEqual([1, 0.75, 0.5, 0.25]);
    expect(slantedTriangular({ peak: 1, numSteps: 2, cutFraction: 0.5, ratio: 4 })(1)).toBe(0.25);
  });

  it.each([
    [1, 32],
    [-0.1, 32],
    [0.1, 0.5],
    [Number.NaN, 32],
  ])('refuse the triangle with a cut of %d and a ratio of %d', (cutFraction, ratio) => {
    expect(() => slantedTriangular({ peak: 1, numSteps: 10, cutFraction, ratio })).toThrow(
      `A slanted triangle must rise for a share in [0, 1) and have a ratio of at least 1, got ${cutFraction} and ${ratio}.`,
    );
  });
});
