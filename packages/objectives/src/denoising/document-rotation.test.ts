import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { documentRotation } from './document-rotation.ts';

const keys = RandomKey.fromSeed(2).split(4000);
const tokens = Int32Array.of(0, 10, 11, 12, 13, 2);

describe('documentRotation', () => {
  it('begins at each token equally often, and keeps the order around the end', () => {
    const counts = new Map<number, number>();
    for (const key of keys) {
      const rotated = documentRotation()(tokens, key);
      const first = rotated[1] ?? 0;
      expect([...rotated]).toEqual([0, ...[0, 1, 2, 3].map((step) => 10 + ((first - 10 + step) % 4)), 2]);
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([10, 11, 12, 13]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000 * 0.75));
  });

  it('rotates a share of the texts', () => {
    const numRotated = keys.filter((key) => documentRotation({ ratio: 0.4 })(tokens, key)[1] !== 10).length;
    expect(numRotated / keys.length).toBeCloseTo(0.4 * 0.75, 1); // A quarter is rotated by nothing.
    expect(keys.every((key) => documentRotation({ ratio: 0 })(tokens, key)[1] === 10)).toBe(true);
  });

  it('leaves texts of at most one token alone', () => {
    for (const text of [Int32Array.of(0, 2), Int32Array.of(0, 5, 2)]) {
      expect(documentRotation()(text, RandomKey.fromSeed(1))).toEqual(text);
    }
  });
});
