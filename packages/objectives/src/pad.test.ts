import { describe, expect, it } from 'vitest';
import { paddingMask, padRight } from './pad.ts';

describe('padRight', () => {
  it('makes a matrix as long as the longest row', () => {
    expect(padRight([[1, 2, 3], [4]], 9)).toEqual({ data: Int32Array.of(1, 2, 3, 4, 9, 9), shape: [2, 3] });
    expect(paddingMask([[1, 2, 3], [4]])).toEqual({ data: Int32Array.of(1, 1, 1, 1, 0, 0), shape: [2, 3] });
    expect(padRight([], 9)).toEqual({ data: new Int32Array(), shape: [0, 0] });
  });

  it('pads and cuts to a fixed length', () => {
    expect(padRight([[1, 2, 3], [4]], 9, 2)).toEqual({ data: Int32Array.of(1, 2, 4, 9), shape: [2, 2] });
    expect(padRight([Int32Array.of(1)], 9, 3)).toEqual({ data: Int32Array.of(1, 9, 9), shape: [1, 3] });
    expect(paddingMask([[1, 2, 3], [4]], 2)).toEqual({ data: Int32Array.of(1, 1, 1, 0), shape: [2, 2] });
  });
});
