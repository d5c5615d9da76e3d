import { describe, expect, it } from 'vitest';
import { unigramEntropy } from './unigram-entropy.ts';

describe('unigramEntropy', () => {
  it('is the logarithm of the number of tokens that are equally frequent', () => {
    expect(unigramEntropy([3, 1, 2, 3, 2, 1])).toBeCloseTo(Math.log(3), 12);
  });

  it('is 0 for one token and for none', () => {
    expect([unigramEntropy([7, 7]), unigramEntropy([])]).toEqual([0, 0]);
  });

  it('weighs tokens by how often they occur', () => {
    expect(unigramEntropy([0, 0, 0, 1])).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 12);
  });
});
