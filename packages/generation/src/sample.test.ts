import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { argMax, sample } from './sample.ts';

describe('argMax', () => {
  it('takes the first of the best', () => {
    expect(argMax(Float32Array.of(1, 3, 2, 3))).toBe(1);
    expect(argMax(Float32Array.of(-Infinity, -5))).toBe(1);
  });

  it.each([[[1, NaN]], [[NaN, 1]], [[-Infinity, -Infinity]], [[1, Infinity]]])('refuses %j', (scores) => {
    expect(() => argMax(Float32Array.from(scores))).toThrow(/^NON_FINITE: The scores of the next token must be finite/);
  });
});

describe('sample', () => {
  it('draws with the probabilities of the softmax', () => {
    const probabilities = [0.5, 0, 0.3, 0.2];
    const scores = Float32Array.from(probabilities, (probability) => Math.log(probability) + 7);
    const counts = [0, 0, 0, 0];
    const key = RandomKey.fromSeed(1);
    const numDraws = 20_000;
    for (let draw = 0; draw < numDraws; draw++) {
      const id = sample(scores, key.fold(draw));
      counts[id] = (counts[id] ?? 0) + 1;
    }
    // Four standard deviations of a binomial share.
    counts.forEach((count, id) => {
      const expected = probabilities[id] ?? 0;
      expect(Math.abs(count / numDraws - expected)).toBeLessThanOrEqual(
        4 * Math.sqrt((expected * (1 - expected)) / numDraws),
      );
    });
  });

  it('draws the same token with the same key', () => {
    const scores = new Float32Array(1000);
    expect(sample(scores, RandomKey.fromSeed(3))).toBe(sample(scores, RandomKey.fromSeed(3)));
  });
});
