import { describe, expect, it } from 'vitest';
import { defaultCorpus, docParagraphs } from './default-corpus.ts';

describe('docParagraphs', () => {
  it('keeps sentences and drops code, tags and links', () => {
    const source = [
      '/**',
      ' * The **`atob()`** method decodes',
      ' * a string, see [the guide](https://example.org).',
      ' *',
      ' * [MDN Reference](https://example.org)',
      ' *',
      ' * ```ts',
      ' * const code = "is left out.";',
      ' * ```',
      ' * It throws when the string is not base64.',
      ' * @param data Is left out.',
      ' */',
      'declare function atob(data: string): string; // Is left out.',
      '/** Returns the sine of a number. */',
    ].join('\n');
    expect(docParagraphs(source)).toEqual([
      'The `atob()` method decodes a string, see the guide.',
      'It throws when the string is not base64.',
      'Returns the sine of a number.',
    ]);
  });
});

describe('defaultCorpus', () => {
  const lines = defaultCorpus().trimEnd().split('\n');

  it('is long enough to train on', () => {
    expect(lines.join('\n').length).toBeGreaterThan(900_000);
  });

  it('holds each paragraph once', () => {
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('is mixed: both ends speak of all topics', () => {
    for (const part of [lines.slice(0, 500), lines.slice(-500)]) {
      expect(part.some((line) => line.includes('CSS'))).toBe(true);
      expect(part.some((line) => line.includes('WebGL'))).toBe(true);
      expect(part.some((line) => line.includes('Array'))).toBe(true);
    }
  });
});
