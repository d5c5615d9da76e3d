import { describe, expect, it } from 'vitest';
import { bestSpans } from './answer-spans.ts';

const rules = { isContext: (token: number) => token >= 2, maxTokens: 2, count: 3 };

describe('bestSpans', () => {
  it('ranks spans inside of the context that do not end before they begin and are not too long', () => {
    const starts = [9, 9, 0.5, 3, 0, 2];
    const ends = [9, 9, 4, 0, 2.5, 5];
    expect(bestSpans(starts, ends, rules)).toEqual([
      { start: 5, end: 5, score: 7 },
      { start: 3, end: 4, score: 5.5 },
      { start: 4, end: 5, score: 5 },
    ]);
  });

  it('finds none where there is no context', () => {
    expect(bestSpans([1, 2], [1, 2], rules)).toEqual([]);
  });
});
