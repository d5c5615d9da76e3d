import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { documentSpan, documentSpanLength } from './document-span.ts';
import { maskableSpans } from './span.ts';

const END_OF_TEXT = 1;
const keys = Array.from({ length: 1000 }, (_, seed) => RandomKey.fromSeed(seed));
const spansOf = (text: number[], length: number, suffixProbability: number) =>
  keys.map((key) => documentSpan(text, maskableSpans(text, END_OF_TEXT), { length, suffixProbability }, key));

describe('documentSpan', () => {
  it('is the end of the text as often as asked, else anywhere behind the first token', () => {
    const spans = spansOf(new Array<number>(20).fill(9), 12, 0.4);
    const starts = spans.map(({ start }) => start);
    expect(spans.every(({ length }) => length === 12)).toBe(true);
    expect(new Set(starts)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    // 0.4, and an eighth of the rest.
    expect(Math.abs(starts.filter((start) => start === 8).length - 475)).toBeLessThan(60);
    expect(Math.abs(starts.filter((start) => start === 1).length - 75)).toBeLessThan(30);
  });

  it('is the end of a text of several documents, and never all of a text', () => {
    const several = [9, 9, 9, 9, END_OF_TEXT, 9, 9, 9];
    expect(new Set(spansOf(several, 5, 0).map(({ start }) => start))).toEqual(new Set([3]));
    expect(spansOf(several, 50, 0)[0]).toEqual({ start: 2, length: 6 });
    expect(spansOf([9, 9], 5, 0)[0]).toEqual({ start: 1, length: 1 });
    expect(spansOf([END_OF_TEXT, END_OF_TEXT, 9, 9], 2, 0)[0]).toEqual({ start: 3, length: 1 });
  });

  it('does not mask the end of its only document, unless it is a suffix', () => {
    const text = [9, 9, 9, 9, END_OF_TEXT];
    expect(spansOf(text, 3, 0)[0]).toEqual({ start: 1, length: 3 });
    expect(spansOf(text, 3, 1)[0]).toEqual({ start: 2, length: 3 });
  });
});

describe('documentSpanLength', () => {
  it('is uniform from half of the shortest text to nearly all of the longest', () => {
    const lengths = keys.map((key) => documentSpanLength([20, 12, 16], 0.5, key));
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([6, 18]);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(Math.abs(mean - 12)).toBeLessThan(0.4);
    expect(keys.map((key) => documentSpanLength([3], 0.5, key))).toEqual(keys.map(() => 1));
  });
});
