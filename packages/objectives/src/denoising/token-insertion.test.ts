import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { tokenInsertion } from './token-insertion.ts';

const MASK = 4;
const tokens = Int32Array.of(0, 10, 11, 12, 13, 2);

describe('tokenInsertion', () => {
  it('inserts a share of masks between begin and end, everywhere equally often, and keeps the rest', () => {
    const counts = new Int32Array(9);
    const keys = RandomKey.fromSeed(5).split(7000);
    for (const key of keys) {
      const longer = tokenInsertion({ ratio: 0.5, maskTokenId: MASK })(tokens, key);
      expect(longer).toHaveLength(9);
      expect(longer.filter((id) => id !== MASK)).toEqual(tokens);
      longer.forEach((id, index) => (counts[index] = (counts[index] ?? 0) + Number(id === MASK)));
    }
    expect([counts[0], counts[8]]).toEqual([0, 0]);
    for (const count of counts.subarray(1, -1))
      expect(Math.abs(count - 3000)).toBeLessThan(4 * Math.sqrt(3000 * (4 / 7)));
  });

  it('inserts nothing for the ratio 0', () => {
    expect(tokenInsertion({ ratio: 0, maskTokenId: MASK })(tokens, RandomKey.fromSeed(1))).toEqual(tokens);
  });
});
