import { describe, expect, it } from 'vitest';
import { perplexities } from './perplexity.ts';

describe('perplexities', () => {
  it('divides by tokens, words or bytes of all texts together', () => {
    const texts = [
      { text: 'größer als', logLikelihood: -8 * Math.LN2, numTokens: 2 },
      { text: 'ja\n', logLikelihood: -12 * Math.LN2, numTokens: 3 },
    ];
    const scores = perplexities(texts);
    // 20 bits over 5 tokens, 4 words (a last line break begins another one) and 12 + 3 bytes.
    expect(scores.tokenPerplexity).toBeCloseTo(2 ** 4, 10);
    expect(scores.wordPerplexity).toBeCloseTo(2 ** 5, 10);
    expect(scores.bytePerplexity).toBeCloseTo(2 ** (20 / 15), 10);
    expect(scores.bitsPerByte).toBeCloseTo(20 / 15, 10);
  });

  it('needs a text', () => {
    expect(() => perplexities([])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: perplexities: there must be at least one text, got none. Pass texts.]`,
    );
  });
});
