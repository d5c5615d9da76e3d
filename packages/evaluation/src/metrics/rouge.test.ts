import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { porterStem } from './porter-stemmer.ts';
import { rouge } from './rouge.ts';

const VARIANTS = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'] as const;

describe('rouge', () => {
  it.each([false, true])('equals its definition, with stems: %s', (usesStemmer) => {
    for (const { summary, reference, plain, stemmed } of referenceMetrics.rouge) {
      const scores = rouge(summary, reference, { usesStemmer });
      for (const variant of VARIANTS) {
        const { precision, recall, f1 } = scores[variant];
        const expected = (usesStemmer ? stemmed : plain)[variant];
        expect([precision, recall, f1]).toEqual(expected.map((value) => expect.closeTo(value, 12) as number));
      }
    }
  });

  it("gives the value of the paper's example in section 3.2: a recall of 4/5 for the union", () => {
    const { rougeLsum } = rouge('w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5', 'w1 w2 w3 w4 w5');
    expect(rougeLsum.recall).toBeCloseTo(4 / 5, 12);
  });

  it("counts 6 shared words, 5 of them in order, in the example of rouge-score's documentation", () => {
    const { rouge1, rougeL } = rouge(
      'The quick brown dog jumps on the log.',
      'The quick brown fox jumps over the lazy dog',
      { usesStemmer: true },
    );
    expect([rouge1.precision, rouge1.recall]).toEqual([0.75, expect.closeTo(6 / 9, 12)]);
    expect([rougeL.precision, rougeL.recall]).toEqual([0.625, expect.closeTo(5 / 9, 12)]);
  });
});

describe('porterStem', () => {
  it('equals an independent implementation', () => {
    const words = Object.keys(referenceMetrics.stems);
    expect(Object.fromEntries(words.map((word) => [word, porterStem(word)]))).toEqual(referenceMetrics.stems);
  });

  it("equals the example in NLTK's documentation", () => {
    const words =
      'caresses flies dies mules denied died agreed owned humbled sized meeting stating siezing itemization sensational traditional reference colonizer plotted';
    const stems =
      'caress fli die mule deni die agre own humbl size meet state siez item sensat tradit refer colon plot';
    expect(words.split(' ').map(porterStem).join(' ')).toBe(stems);
  });
});
