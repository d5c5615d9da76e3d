import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { sentencePermutation } from './sentence-permutation.ts';

const STOP = 13;
const isSentenceEnd = (id: number): boolean => id === STOP;
const keys = RandomKey.fromSeed(1).split(6000);

describe('sentencePermutation', () => {
  it('moves whole sentences, and makes each order as likely as any other', () => {
    const tokens = Int32Array.of(0, 20, 21, STOP, 30, STOP, 40, 41, 42, 2);
    const permute = sentencePermutation({ isSentenceEnd });
    const counts = new Map<string, number>();
    for (const key of keys) {
      const order = [...permute(tokens, key)].join(' ');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const [a, b, c] = ['20 21 13', '30 13', '40 41 42'];
    const orders = [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ];
    expect([...counts.keys()].sort()).toEqual(orders.map((order) => `0 ${order.join(' ')} 2`).sort());
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000 * (5 / 6)));
  });

  it('ends a sentence at the first of several stops', () => {
    const tokens = Int32Array.of(0, 20, STOP, STOP, 30, STOP, 40, 2);
    const seen = new Set(
      keys.slice(0, 50).map((key) => [...sentencePermutation({ isSentenceEnd })(tokens, key)].join(' ')),
    );
    // The last token follows a stop, so it begins no sentence of its own and stays.
    expect([...seen].sort()).toEqual(['0 13 30 13 20 13 40 2', '0 20 13 13 30 13 40 2']);
  });

  it('permutes a share of the sentences and leaves the others where they are', () => {
    const tokens = Int32Array.from({ length: 22 }, (_, index) => (index % 2 === 0 ? STOP : 20 + index));
    const moved = keys.slice(0, 500).map((key) => {
      const permuted = sentencePermutation({ isSentenceEnd, ratio: 0.25 })(tokens, key);
      expect([...permuted].sort()).toEqual([...tokens].sort());
      return permuted.filter((id, index) => id !== tokens[index]).length;
    });
    expect(Math.max(...moved)).toBe(3); // ceil(10 * 0.25)
    expect(Math.min(...moved)).toBe(0);
  });

  it('leaves its argument and a text without sentences alone', () => {
    const tokens = Int32Array.of(0, 20, STOP, 30, 31, 2);
    const copy = tokens.slice();
    for (const key of keys.slice(0, 20)) sentencePermutation({ isSentenceEnd })(tokens, key);
    expect(tokens).toEqual(copy);
    expect(sentencePermutation({ isSentenceEnd })(Int32Array.of(0, 2), RandomKey.fromSeed(1))).toEqual(
      Int32Array.of(0, 2),
    );
  });
});
