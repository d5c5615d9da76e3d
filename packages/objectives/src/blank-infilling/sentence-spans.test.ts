import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { isSentenceEnd, sentenceSpans } from './sentence-spans.ts';
import { maskableSpans, type Span } from './span.ts';

const [END_OF_TEXT, STOP] = [1, 2];
const settings = { share: 0.15, sentenceEndIds: new Set([STOP]), maxSpans: Infinity };

function totalLength(spans: readonly Span[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0);
}

describe('sentenceSpans', () => {
  // Sentences of 4, 2 and 3 tokens, the last unfinished; then one of 3 in another document.
  const text = [9, 9, 9, 9, STOP, 9, STOP, 9, 9, 9, END_OF_TEXT, 9, 9, 9, STOP];
  const sentences = [
    { start: 1, length: 4 },
    { start: 5, length: 2 },
    { start: 7, length: 3 },
    { start: 12, length: 3 },
  ];
  const spansOf = (share: number, seed: number, maxSpans = Infinity) =>
    sentenceSpans(text, maskableSpans(text, END_OF_TEXT), { ...settings, share, maxSpans }, RandomKey.fromSeed(seed));

  it('masks whole sentences, each of which may be drawn, until the share is reached', () => {
    expect(spansOf(1, 0)).toEqual(sentences);
    const drawn = Array.from({ length: 100 }, (_, seed) => spansOf(0.3, seed));
    for (const spans of drawn) {
      for (const span of spans) expect(sentences).toContainEqual(span);
      expect(totalLength(spans)).toBeGreaterThanOrEqual(4);
      expect(spans.some(({ length }) => totalLength(spans) - length < 4)).toBe(true);
    }
    for (const sentence of sentences) expect(drawn.flat()).toContainEqual(sentence);
    expect(spansOf(1, 0, 2)).toHaveLength(2);
  });

  it('knows the ends of sentences', () => {
    expect(['.', 'end.', '?!', '\n', '\u3002', 'a:'].every(isSentenceEnd)).toBe(true);
    expect(['a', ',', '', '-', '\uff0c'].some(isSentenceEnd)).toBe(false);
  });
});
