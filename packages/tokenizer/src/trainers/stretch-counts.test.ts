import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUnits } from '../units.ts';
import { StretchCounts } from './stretch-counts.ts';

describe('StretchCounts', () => {
  it('counts as a map does, lone surrogates and long stretches included', () => {
    const stretch = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('\ud800', '\u0000', '', '__proto__', 'x'.repeat(10_000)),
    );
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 200 }), (stretches) => {
        const counts = new StretchCounts();
        const expected = new Map<string, number>();
        for (const text of stretches) {
          counts.add(toUnits(`<${text}>`), 1, 1 + text.length);
          expected.set(text, (expected.get(text) ?? 0) + 1);
        }
        expect([...counts.entries()]).toEqual([...expected]);
      }),
    );
  });

  it('grows', () => {
    const counts = new StretchCounts();
    for (let round = 0; round < 2; round++)
      for (let index = 0; index < 100_000; index++) counts.add(toUnits(`${index}`), 0, `${index}`.length);
    const entries = [...counts.entries()];
    expect(entries).toHaveLength(100_000);
    expect(entries.every(([text, count], index) => text === `${index}` && count === 2)).toBe(true);
  });
});
