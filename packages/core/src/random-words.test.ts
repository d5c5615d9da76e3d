import { describe, expect, it } from 'vitest';
import { effectiveKey, foldPath, mix, randomWord } from './random-words.ts';

/** Mean and largest deviation of bit frequencies from one half, in standard deviations. */
function worstBitDeviation(words: Uint32Array): number {
  let worst = 0;
  for (let bit = 0; bit < 32; bit++) {
    const ones = words.reduce((sum, word) => sum + ((word >>> bit) & 1), 0);
    worst = Math.max(worst, Math.abs(ones - words.length / 2) / (Math.sqrt(words.length) / 2));
  }
  return worst;
}

function stream(key: readonly [number, number], count: number, start = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => randomWord(start + index, key));
}

const COUNT = 1 << 16;

describe('randomWord', () => {
  it('is this function and no other: compiled steps compute it, and saved runs depend on it', () => {
    const key = effectiveKey([1, 2], [3, 4]);
    expect([mix(1), ...key, ...stream(key, 3)]).toMatchInlineSnapshot(`
      [
        114555507,
        3337307124,
        3108196109,
        3527378464,
        3711985266,
        2419802874,
      ]
    `);
  });

  it('has balanced bits', () => {
    for (const root of [0, 1, 0xffffffff])
      expect(worstBitDeviation(stream(effectiveKey([root, 0], [0, 0]), COUNT))).toBeLessThan(4.5);
  });

  it('fills 256 bins evenly, by high bits, low bits and pairs', () => {
    const words = stream(effectiveKey([7, 8], [9, 10]), COUNT);
    const bins = [
      (word: number) => word >>> 24,
      (word: number) => word & 0xff,
      (word: number, index: number) => ((word >>> 28) << 4) | ((words[(index + 1) % COUNT] ?? 0) >>> 28),
    ];
    for (const binOf of bins) {
      const counts = new Float64Array(256);
      words.forEach((word, index) => {
        const bin = binOf(word, index);
        counts[bin] = (counts[bin] ?? 0) + 1;
      });
      const chiSquare = counts.reduce((sum, count) => sum + (count - COUNT / 256) ** 2 / (COUNT / 256), 0);
      // 255 degrees of freedom: mean 255, standard deviation 22.6.
      expect(Math.abs(chiSquare - 255) / Math.sqrt(510)).toBeLessThan(4.5);
    }
  });

  it('is unrelated between neighbouring roots, paths and counters', () => {
    const parts = [0x12345678, 0x9abcdef0, 0x0fedcba9, 0x87654321];
    const key = effectiveKey([0x12345678, 0x9abcdef0], [0x0fedcba9, 0x87654321]);
    const base = stream(key, COUNT);
    for (let part = 0; part < 4; part++) {
      for (const bit of [0, 7, 31]) {
        const [a = 0, b = 0, c = 0, d = 0] = parts.map((word, index) => (index === part ? word ^ (1 << bit) : word));
        const other = stream(effectiveKey([a, b], [c, d]), COUNT);
        expect(worstBitDeviation(base.map((word, index) => word ^ (other[index] ?? 0)))).toBeLessThan(4.5);
      }
    }
    for (const lag of [1, 2, 64, 1024]) {
      const lagged = stream(key, COUNT, lag);
      expect(worstBitDeviation(base.map((word, index) => word ^ (lagged[index] ?? 0)))).toBeLessThan(4.5);
    }
  });

  it('is unrelated where the counters of two keys overlap', () => {
    const shift = 1000;
    const base = stream([0x13579bdf, 0x2468ace0], COUNT, shift);
    const overlapping = stream([(0x13579bdf + Math.imul(0x9e3779b9, shift)) >>> 0, 0x0badcafe], COUNT);
    expect(worstBitDeviation(base.map((word, index) => word ^ (overlapping[index] ?? 0)))).toBeLessThan(4.5);
  });

  it('changes half of its bits with any bit of the counter', () => {
    const key = effectiveKey([5, 6], [7, 8]);
    for (let bit = 0; bit < 32; bit += 5) {
      const changed = Uint32Array.from(
        { length: COUNT },
        (_, i) => randomWord(i * 65537, key) ^ randomWord((i * 65537) ^ (1 << bit), key),
      );
      expect(worstBitDeviation(changed)).toBeLessThan(8);
    }
  });
});

describe('foldPath', () => {
  it('tells names from numbers, and their order', () => {
    const paths = [
      foldPath([0, 0], 1),
      foldPath([0, 0], '1'),
      foldPath([0, 0], 2 ** 32 + 1),
      foldPath([0, 0], -1),
      foldPath(foldPath([0, 0], 1), 2),
      foldPath(foldPath([0, 0], 2), 1),
      foldPath([0, 0], ''),
      foldPath([0, 0], 'ab'),
      foldPath([0, 0], 'ba'),
    ];
    expect(new Set(paths.map(String)).size).toBe(paths.length);
  });

  it('meets no path twice among 100,000', () => {
    const paths = Array.from({ length: 100_000 }, (_, index) =>
      foldPath(foldPath([0, 0], index % 100), `layer${Math.floor(index / 100)}`),
    );
    expect(new Set(paths.map(([low, high]) => low * 2 ** 21 + (high & 0x1fffff))).size).toBe(paths.length);
  });
});
