import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { tokenMasking } from './token-masking.ts';

const MASK = 4;
const keys = RandomKey.fromSeed(3).split(2000);
const tokens = Int32Array.from({ length: 22 }, (_, index) => (index === 0 ? 0 : index === 21 ? 2 : 100 + index));

describe('tokenMasking', () => {
  it('masks 30 % of the tokens, each equally often, and never begin and end', () => {
    const counts = new Int32Array(tokens.length);
    for (const key of keys) {
      const masked = tokenMasking({ ratio: 0.3, maskTokenId: MASK })(tokens, key);
      expect(masked.filter((id) => id === MASK)).toHaveLength(6);
      masked.forEach((id, index) => {
        if (id === MASK) counts[index] = (counts[index] ?? 0) + 1;
        else expect(id).toBe(tokens[index]);
      });
    }
    expect([counts[0], counts[21]]).toEqual([0, 0]);
    for (const count of counts.subarray(1, -1)) expect(Math.abs(count - 600)).toBeLessThan(4 * Math.sqrt(600 * 0.7));
  });

  it('masks words as a whole', () => {
    const isWordStart = (id: number): boolean => id % 3 === 0; // 102, 105, ...; 101 belongs to no word.
    for (const key of keys.slice(0, 100)) {
      const masked = tokenMasking({ ratio: 0.3, maskTokenId: MASK, isWordStart })(tokens, key);
      const letters = Array.from(masked.subarray(2, -1), (id) => (id === MASK ? 'm' : '.')).join('');
      expect(letters).toMatch(/^(\.\.\.|mmm){6}[.m]$/);
      expect(letters.replaceAll('mmm', 'w').replace(/m$/, 'w').replaceAll('.', '')).toBe('www'); // ceil(7 * 0.3)
      expect(masked[1]).toBe(101);
    }
  });

  it('puts random tokens into the place of some masks', () => {
    const noise = tokenMasking({ ratio: 1, maskTokenId: MASK, randomTokens: { ratio: 0.1, from: 200, to: 204 } });
    const drawn = keys.slice(0, 1000).flatMap((key) => [...noise(tokens, key).subarray(1, -1)]);
    const random = drawn.filter((id) => id !== MASK);
    expect(random.length / drawn.length).toBeCloseTo(0.1, 2);
    expect(new Set(random)).toEqual(new Set([200, 201, 202, 203]));
  });

  it('says what is wrong with its settings', () => {
    expect(() => tokenMasking({ ratio: 15, maskTokenId: MASK })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: tokenMasking: ratio must be in [0, 1], got 15. Give a share, not a percentage.]`,
    );
    const randomTokens = { ratio: 0.1, from: 5, to: 5 };
    expect(() => tokenMasking({ ratio: 0.1, maskTokenId: MASK, randomTokens })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: tokenMasking: randomTokens.to must be greater than randomTokens.from (5), got 5. Name the ids of the ordinary tokens.]`,
    );
  });
});
