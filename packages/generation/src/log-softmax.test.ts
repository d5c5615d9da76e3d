import { describe, expect, it } from 'vitest';
import { logSoftmax } from './log-softmax.ts';

describe('logSoftmax', () => {
  it('gives logarithms of probabilities, also of large scores and of what is forbidden', () => {
    const probabilities = Array.from(logSoftmax(Float32Array.of(1000, 1000 + Math.log(3), -Infinity)), Math.exp);
    expect(probabilities[0]).toBeCloseTo(0.25, 4);
    expect(probabilities[1]).toBeCloseTo(0.75, 4);
    expect(probabilities[2]).toBe(0);
  });
});
