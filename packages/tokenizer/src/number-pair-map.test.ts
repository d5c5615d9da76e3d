import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberPairMap } from './number-pair-map.ts';

it('holds what a map holds, however much it grows', () => {
  const number = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 0x7fffffff }));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, number), { maxLength: 400 }), (entries) => {
      const map = new NumberPairMap();
      const expected = new Map<string, number>();
      for (const [left, right, value] of entries) {
        expect(map.get(left, right)).toBe(expected.get(`${left} ${right}`) ?? -1);
        map.set(left, right, value);
        expected.set(`${left} ${right}`, value);
      }
      for (const [left, right] of entries) expect(map.get(left, right)).toBe(expected.get(`${left} ${right}`));
    }),
  );
});
