import { describe, expect, it } from 'vitest';
import { lossCurve } from './loss-curve.ts';

const training = Array.from({ length: 400 }, (_, index) => ({
  step: index + 1,
  loss: 1.5 + 2.7 * Math.exp(-index / 60),
}));
const validation = [100, 200, 300, 400].map((step) => ({ step, loss: 1.7 + 2.7 * Math.exp(-step / 60) }));

describe('lossCurve', () => {
  it('draws a falling loss', () => {
    const curve = lossCurve(training, validation, { width: 60, height: 12 });
    expect(curve).toMatchInlineSnapshot(`
      "  4.18 ┤⠱⡀
             ┤ ⢣
             ┤  ⢣
        3.38 ┤   ⢣
             ┤    ⢣
             ┤     ⠱⡀
        2.57 ┤      ⠈⠢⡀
             ┤        ⠈⠢⡀  o
             ┤          ⠈⠑⠤⣀
             ┤              ⠉⠒⠤⠤⣀⡀     o            o            o
        1.50 ┤                   ⠈⠉⠉⠒⠒⠒⠒⠤⠤⠤⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
             └1                                           step 400"
    `);
    for (const line of curve.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('draws a level loss as a level line', () => {
    const level = [1, 2, 3].map((step) => ({ step, loss: 2 }));
    expect(lossCurve(level, [], { width: 20, height: 4 })).toMatchInlineSnapshot(`
      "       ┤
             ┤
        2.00 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
             └1     step 3"
    `);
  });

  it('draws nothing of less than two steps', () => {
    expect(lossCurve([], [], { width: 60, height: 12 })).toBe('');
    expect(lossCurve([{ step: 7, loss: 1 }], [], { width: 60, height: 12 })).toBe('');
  });
});
