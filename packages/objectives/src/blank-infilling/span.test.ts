import { describe, expect, it } from 'vitest';
import { maskableSpans } from './span.ts';

describe('maskableSpans', () => {
  it('leaves out the first token of each document, and the token that ends it', () => {
    expect(maskableSpans([5, 6, 7], undefined)).toEqual([{ start: 1, length: 2 }]);
    expect(maskableSpans([5, 6, 7, 1, 8, 1, 1, 9, 9], 1)).toEqual([
      { start: 1, length: 2 },
      { start: 8, length: 1 },
    ]);
    expect(maskableSpans([1, 5], 1)).toEqual([]);
  });
});
