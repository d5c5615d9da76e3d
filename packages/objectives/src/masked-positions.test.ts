import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { chooseSpans, chooseWords, maskingCandidates } from './masked-positions.ts';

const key = RandomKey.fromSeed(1);
const isSpecial = (id: number): boolean => id < 3;
/** Ids from 100 on continue words. */
const continuesWord = (id: number): boolean => id >= 100;
const candidatesOf = (...ids: number[]): ReturnType<typeof maskingCandidates> =>
  maskingCandidates(Int32Array.from(ids), isSpecial, continuesWord);

describe('maskingCandidates', () => {
  it('groups pieces into words and leaves special tokens out', () => {
    expect(candidatesOf(1, 10, 100, 101, 11, 2, 12, 2, 0)).toEqual({
      positions: Int32Array.of(1, 2, 3, 4, 6),
      wordStarts: Int32Array.of(0, 3, 4, 5),
    });
  });

  it("joins a piece after a special token to the word before it, as the authors' code does", () => {
    expect(candidatesOf(1, 100, 2, 101, 2).wordStarts).toEqual(Int32Array.of(0, 2));
  });

  it('finds nothing in nothing', () => {
    expect(candidatesOf(1, 2)).toEqual({ positions: new Int32Array(), wordStarts: Int32Array.of(0) });
    expect(chooseWords(candidatesOf(1, 2), 3, key)).toEqual(new Int32Array());
    expect(chooseSpans(candidatesOf(1, 2), 3, key)).toEqual(new Int32Array());
  });
});

describe('chooseWords', () => {
  it('fills up with smaller words what a larger one would exceed', () => {
    const candidates = candidatesOf(1, 10, 100, 101, 11, 2, 12, 2);
    for (let seed = 0; seed < 50; seed++) {
      const chosen = Array.from(chooseWords(candidates, 2, key.fold(seed)));
      expect(chosen).toEqual([4, 6]);
    }
  });
});

describe('chooseSpans', () => {
  it('cuts the last span off, so that the count is met', () => {
    const candidates = candidatesOf(1, 10, 100, 101, 102, 103, 2);
    for (let seed = 0; seed < 20; seed++) {
      expect(Array.from(chooseSpans(candidates, 3, key.fold(seed)))).toEqual([1, 2, 3]);
    }
  });

  it('takes all candidates where there are not enough', () => {
    expect(Array.from(chooseSpans(candidatesOf(1, 10, 100, 2, 11, 12, 2), 9, key))).toEqual([1, 2, 4, 5]);
  });

  it('ends spans at special tokens', () => {
    // One span of more than one word cannot hold positions 1 and 3 only.
    const candidates = candidatesOf(1, 10, 2, 11, 2);
    const chosen = Array.from({ length: 100 }, (_, seed) => chooseSpans(candidates, 1, key.fold(seed))[0]);
    expect(new Set(chosen)).toEqual(new Set([1, 3]));
  });
});
