import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { maskableSpans, type Span } from './span.ts';
import { poissonLengths, tokenSpans } from './token-spans.ts';

const settings = { share: 0.15, cumulative: poissonLengths(3), maxSpans: Infinity };
const END_OF_TEXT = 1;
const spansOf = (text: number[], seed: number) =>
  tokenSpans(text, maskableSpans(text, END_OF_TEXT), settings, RandomKey.fromSeed(seed));

function totalLength(spans: readonly Span[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0);
}

describe('tokenSpans', () => {
  const text = new Array<number>(512).fill(9);
  const samples = Array.from({ length: 2000 }, (_, seed) => spansOf(text, seed));

  it('masks 15 percent, and no more than the last span needs', () => {
    const totals = samples.map(totalLength);
    for (const total of totals) expect(total).toBeGreaterThanOrEqual(76);
    const mean = totals.reduce((sum, total) => sum + total, 0) / totals.length;
    expect(mean).toBeLessThan(76 + 2);
  });

  it("draws lengths by Poisson's law without 0", () => {
    const lengths = samples.flatMap((spans) => spans.map(({ length }) => length));
    expect(Math.min(...lengths)).toBe(1);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(39);
    const normalizer = Math.exp(3) - 1;
    [3, 9 / 2, 27 / 6, 81 / 24, 243 / 120, 729 / 720].forEach((weight, index) => {
      const share = lengths.filter((length) => length === index + 1).length / lengths.length;
      expect(Math.abs(share - weight / normalizer)).toBeLessThan(0.01);
    });
  });

  it('leaves the first token, and a token between two spans', () => {
    // Before each span, from the end of the one before; before the first, from the start.
    const gaps = samples.flatMap((spans) =>
      spans.map(({ start }, index) => {
        const before = spans[index - 1] ?? { start: 0, length: 0 };
        return start - (before.start + before.length);
      }),
    );
    expect(Math.min(...gaps)).toBe(1);
    const ends = samples.map((spans) => spans.at(-1)).map((span) => (span?.start ?? 0) + (span?.length ?? 0));
    expect(Math.max(...ends)).toBe(text.length);
  });

  it('masks every place alike', () => {
    const counts = new Array<number>(512).fill(0);
    for (const spans of samples)
      for (const { start, length } of spans)
        for (let place = start; place < start + length; place++) counts[place] = (counts[place] ?? 0) + 1;
    const inEighth = Array.from({ length: 8 }, (_, part) =>
      counts.slice(part * 64, (part + 1) * 64).reduce((sum, count) => sum + count, 0),
    );
    const mean = inEighth.reduce((sum, count) => sum + count, 0) / 8;
    for (const count of inEighth) expect(Math.abs(count / mean - 1)).toBeLessThan(0.05);
  });

  it('gives each document its share and crosses none of their ends', () => {
    const documents = [100, 20, 40].flatMap((length) => [...new Array<number>(length).fill(9), END_OF_TEXT]);
    const masked = [0, 0, 0];
    for (let seed = 0; seed < 500; seed++) {
      const spans = spansOf(documents, seed);
      expect(spans).toEqual(spans.toSorted((one, other) => one.start - other.start));
      for (const { start, length } of spans) {
        expect(documents.slice(start, start + length)).not.toContain(END_OF_TEXT);
        const index = start < 101 ? 0 : start < 122 ? 1 : 2;
        expect([0, 101, 122]).not.toContain(start);
        masked[index] = (masked[index] ?? 0) + length;
      }
    }
    const [large = 0, small = 0, middle = 0] = masked.map((count) => count / 500);
    expect(small).toBeLessThanOrEqual(2);
    expect(middle).toBeLessThanOrEqual(5);
    expect(large + small + middle).toBeGreaterThanOrEqual(24);
  });

  it('shortens what does not fit', () => {
    const greedy = { ...settings, share: 1 };
    for (let seed = 0; seed < 50; seed++) {
      const short = [9, 9, 9];
      const spans = tokenSpans(short, maskableSpans(short, undefined), greedy, RandomKey.fromSeed(seed));
      expect([[{ start: 1, length: 1 }], [{ start: 2, length: 1 }], [{ start: 1, length: 2 }]]).toContainEqual(spans);
    }
  });
});
