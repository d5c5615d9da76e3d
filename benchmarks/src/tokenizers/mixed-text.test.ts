import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { longLine, mixedText, sizeOf } from './mixed-text.ts';

describe('mixedText', () => {
  it('has English, code, ideographs and a line of a million letters', () => {
    const texts = mixedText(3);
    const last = texts.at(-1) ?? '';
    expect(last).toMatch(/^[a-z]{1000000}$/);
    const rest = texts.slice(0, -1).join('');
    for (const part of [
      / the element /,
      /function \w+\(/,
      /[\u4e00-\u9fff]{5}/,
      /[\u3040-\u30ff]{3}/,
      /[\uac00-\ud7a3]{3}/,
    ]) {
      expect(rest).toMatch(part);
    }
    expect(sizeOf(texts) / 1e6).toBeGreaterThan(2);
    expect(sizeOf(texts) / 1e6).toBeLessThan(5);
  });

  it('has as much as is asked for', () => {
    expect(sizeOf(mixedText(21)) / 1e6).toBeGreaterThan(20);
    expect(longLine(5)).toHaveLength(5);
  });
});

describe('digestOf', () => {
  it('tells lists of ids apart', () => {
    const digests = [[], [0], [1], [0, 0], [1, 2], [2, 1]].map(digestOf);
    expect(new Set(digests).size).toBe(6);
    expect(digestOf(Int32Array.of(1, 2))).toBe(digestOf([1, 2]));
  });
});
