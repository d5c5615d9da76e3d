import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { tokenDeletion } from './token-deletion.ts';

const tokens = Int32Array.from({ length: 32 }, (_, index) => index);

describe('tokenDeletion', () => {
  it('leaves a subsequence that lacks 30 % of the tokens, and never begin and end', () => {
    for (const key of RandomKey.fromSeed(4).split(200)) {
      const left = tokenDeletion({ ratio: 0.3 })(tokens, key);
      expect(left).toHaveLength(32 - 9);
      expect([left[0], left.at(-1)]).toEqual([0, 31]);
      expect(left.every((id, index) => index === 0 || id > (left[index - 1] ?? 0))).toBe(true);
    }
  });

  it('deletes whole words', () => {
    const left = tokenDeletion({ ratio: 1, isWordStart: (id) => id >= 5 })(tokens, RandomKey.fromSeed(1));
    expect([...left]).toEqual([0, 1, 2, 3, 4, 31]);
  });
});
