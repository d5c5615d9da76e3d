import { describe, expect, expectTypeOf, it } from 'vitest';
import { labelLogProbabilities, verbalizer, type Verbalizer } from './verbalizer.ts';

describe('verbalizer', () => {
  it('lists the words of all labels', () => {
    const sentiment = verbalizer({ positive: ['great', 'good'], negative: 'bad' });
    expect(sentiment).toEqual({
      labels: ['positive', 'negative'],
      words: ['great', 'good', 'bad'],
      labelOfWord: [0, 0, 1],
    });
    expectTypeOf(sentiment).toEqualTypeOf<Verbalizer<'positive' | 'negative'>>();
  });

  it('refuses labels without words, and words without one label', () => {
    expect(() => verbalizer({ only: 'one' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A verbalizer gives each label words: there must be at least two labels, got 1. For example: { positive: ["great", "good"], negative: ["terrible"] }.]`,
    );
    expect(() => verbalizer({ a: 'x', b: [] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A verbalizer gives each label words: the label "b" must have words, got []. For example: { positive: ["great", "good"], negative: ["terrible"] }.]`,
    );
    expect(() => verbalizer({ a: 'x', b: ' ' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A verbalizer gives each label words: the label "b" must have words, got " ". For example: { positive: ["great", "good"], negative: ["terrible"] }.]`,
    );
    expect(() => verbalizer({ a: ['x', 'y'], b: 'x' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A verbalizer gives each label words: each word must stand once, got "x" twice. For example: { positive: ["great", "good"], negative: ["terrible"] }.]`,
    );
  });
});

describe('labelLogProbabilities', () => {
  const sentiment = verbalizer({ positive: ['great', 'good'], negative: 'bad' });

  it('is softmax over words, then the geometric mean of a label, normalized', () => {
    // p = 0.6, 0.15, 0.25: the labels get sqrt(0.6 * 0.15) = 0.3 and 0.25 before they are normalized.
    const scores = [0.6, 0.15, 0.25].map((p) => Math.log(p) + 7);
    const probabilities = labelLogProbabilities(sentiment, scores).map(Math.exp);
    expect(probabilities[0]).toBeCloseTo(0.3 / 0.55, 12);
    expect(probabilities[1]).toBeCloseTo(0.25 / 0.55, 12);
  });

  it('divides by the probabilities of words without content', () => {
    // p / prior = 2, 0.5, 1: the labels get sqrt(2 * 0.5) = 1 and 1.
    const scores = [0.6, 0.15, 0.25].map(Math.log);
    const wordLogPriors = [0.3, 0.3, 0.25].map(Math.log);
    expect(labelLogProbabilities(sentiment, scores, wordLogPriors).map(Math.exp)).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(0.5, 12),
    ]);
  });

  it('gives what the scores say where each label has one word', () => {
    const answers = verbalizer({ yes: 'yes', no: 'no' });
    const [yes = NaN] = labelLogProbabilities(answers, [Math.log(3), 0]);
    expect(Math.exp(yes)).toBeCloseTo(0.75, 12);
  });

  it('bears scores that lie far apart', () => {
    expect(labelLogProbabilities(verbalizer({ yes: 'yes', no: 'no' }), [0, -2000])).toEqual([0, -2000]);
  });
});
