import { describe, expect, it } from 'vitest';
import { joinPieces } from './two-dimensional-positions.ts';

describe('joinPieces', () => {
  it("gives the paper's example its positions", () => {
    // Figure 2, with positions from 0: x1 x2 [M] x4 [M], then S x5 x6 and S x3.
    const [x1, x2, x3, x4, x5, x6, mask, start] = [1, 2, 3, 4, 5, 6, 7, 8];
    const row = joinPieces(
      [x1, x2, mask, x4, mask],
      [
        { maskPosition: 4, ids: [start, x5, x6] },
        { maskPosition: 2, ids: [start, x3] },
      ],
    );
    expect(row).toEqual({
      inputIds: Int32Array.of(x1, x2, mask, x4, mask, start, x5, x6, start, x3),
      positionIds: Int32Array.of(0, 1, 2, 3, 4, 4, 4, 4, 2, 2),
      blockPositionIds: Int32Array.of(0, 0, 0, 0, 0, 1, 2, 3, 1, 2),
      sep: 5,
    });
  });

  it('leaves a text without pieces as it is', () => {
    expect(joinPieces([5, 6], [])).toEqual({
      inputIds: Int32Array.of(5, 6),
      positionIds: Int32Array.of(0, 1),
      blockPositionIds: Int32Array.of(0, 0),
      sep: 2,
    });
  });
});
