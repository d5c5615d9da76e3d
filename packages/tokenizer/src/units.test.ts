import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codePointAt, toUnits, UnitBuffer, widthAt } from './units.ts';

const text = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('\ud800', '\udc00')),
});

it('reads the code points that strings have', () => {
  fc.assert(
    fc.property(text, (input) => {
      const units = toUnits(input);
      for (let at = 0; at < input.length; at++) {
        const expected = input.codePointAt(at) ?? 0;
        expect(codePointAt(units, at, input.length)).toBe(expected);
        expect(widthAt(units, at, input.length)).toBe(expected > 0xffff ? 2 : 1);
      }
    }),
  );
});

it('holds nothing of the text before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.constantFrom('', ' '))), (inputs) => {
      const buffer = new UnitBuffer();
      for (const [input, prefix] of [...inputs, ['x'.repeat(5000), ' '] as const]) {
        buffer.fill(`<${input}>`, 1, 1 + input.length, prefix);
        expect(buffer.units.subarray(0, buffer.length)).toEqual(toUnits(prefix + input));
      }
    }),
    { numRuns: 30 },
  );
});
