import { describe, expect, it } from 'vitest';
import { infilledLength, writeInfilledRow } from './infilled-row.ts';

describe('writeInfilledRow', () => {
  it("writes the paper's example", () => {
    // Figure 2: x1 x2 [x3] x4 [x5 x6], the second span first; positions from 0.
    const [x1, x2, x3, x4, x5, x6, mask, start, end] = [11, 12, 13, 14, 15, 16, 7, 8, 9];
    const infilled = {
      text: [x1, x2, x3, x4, x5, x6],
      spans: [
        { start: 2, length: 1 },
        { start: 4, length: 2 },
      ],
      order: Uint32Array.of(1, 0),
      maskTokenId: mask,
    };
    expect(infilledLength(infilled)).toBe(10);
    const row = {
      inputIds: new Int32Array(11),
      positionIds: new Int32Array(11),
      blockPositionIds: new Int32Array(11),
      labels: new Int32Array(11).fill(-100),
    };
    expect(writeInfilledRow(infilled, row, { startOfPieceTokenId: start, endOfPieceTokenId: end })).toBe(5);
    expect(row).toEqual({
      inputIds: Int32Array.of(x1, x2, mask, x4, mask, start, x5, x6, start, x3, 0),
      positionIds: Int32Array.of(0, 1, 2, 3, 4, 4, 4, 4, 2, 2, 0),
      blockPositionIds: Int32Array.of(0, 0, 0, 0, 0, 1, 2, 3, 1, 2, 0),
      labels: Int32Array.of(-100, -100, -100, -100, -100, x5, x6, end, x3, end, -100),
    });
  });
});
