import { describe, expect, it } from 'vitest';
import { strongWeights } from './strong-weights.ts';

describe('strongWeights', () => {
  it('says where the weights stand that can be seen', () => {
    const matrix = [Float32Array.of(0.75, 0.25, 0), Float32Array.of(0, 0, 1)];
    expect(strongWeights(matrix)).toEqual([
      { row: 0, column: 0, weight: 0.75 },
      { row: 0, column: 1, weight: 0.25 },
      { row: 1, column: 2, weight: 1 },
    ]);
  });
});
