import { describe, expect, it } from 'vitest';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half-precision.ts';

const WORDS = Uint16Array.from({ length: 1 << 16 }, (_, word) => word);

describe('half precision', () => {
  it('gives every word back that is a number', () => {
    for (const [from, to] of [
      [fromFloat16, toFloat16],
      [fromBfloat16, toBfloat16],
    ] as const) {
      const values = from(WORDS);
      const back = to(values);
      const changed = WORDS.filter((word) => back[word] !== word && !Number.isNaN(values[word]));
      expect(changed).toEqual(new Uint16Array());
      expect(from(back).filter(Number.isNaN).length).toBe(values.filter(Number.isNaN).length);
    }
  });

  it('knows some values', () => {
    expect(fromFloat16(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000))).toEqual(
      Float32Array.of(1, -2, 65504, 2 ** -24, Infinity, -0),
    );
    expect(fromBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80))).toEqual(Float32Array.of(1, -2, Infinity));
  });

  it('rounds to the nearest, ties to even', () => {
    const halves = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20, 65519, 65520, 2 ** -25, 3 * 2 ** -25, 0.1];
    expect([...fromFloat16(toFloat16(Float32Array.from(halves)))]).toEqual([
      1,
      1 + 2 ** -9,
      1 + 2 ** -10,
      65504,
      Infinity,
      0,
      2 ** -23,
      0.0999755859375,
    ]);
    const bfloats = [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20];
    expect([...fromBfloat16(toBfloat16(Float32Array.from(bfloats)))]).toEqual([1, 1 + 2 ** -6, 1 + 2 ** -7]);
  });

  it('agrees with DataView where the engine has half precision', () => {
    const Half: unknown = Reflect.get(globalThis, 'Float16Array');
    if (typeof Half !== 'function') return;
    const values = Float32Array.from({ length: 50_000 }, (_, index) => (index - 25_000) * 1.7 ** ((index % 41) - 30));
    const theirs: unknown = Reflect.construct(Half, [values]);
    const words =
      theirs instanceof Object && 'buffer' in theirs
        ? new Uint16Array(theirs.buffer as ArrayBuffer)
        : new Uint16Array();
    expect(toFloat16(values)).toEqual(words);
  });
});
