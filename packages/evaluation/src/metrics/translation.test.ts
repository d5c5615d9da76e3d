import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { corpusBleu, sentenceBleu, type BleuScore } from './bleu.ts';
import { chrf } from './chrf.ts';
import { tokenize13a } from './tokenize-13a.ts';

const { hypotheses, references, ...expected } = referenceMetrics.translation;
const firsts = references.map((some) => some.slice(0, 1));

function expectBleu(score: BleuScore, reference: BleuScore): void {
  expect(score.score).toBeCloseTo(reference.score, 10);
  expect(score.precisions).toEqual(reference.precisions.map((value) => expect.closeTo(value, 10) as number));
  expect(score.brevityPenalty).toBeCloseTo(reference.brevityPenalty, 10);
  expect(score.hypothesisLength).toBe(reference.hypothesisLength);
  expect(score.referenceLength).toBe(reference.referenceLength);
}

describe('tokenize13a', () => {
  it('equals sacrebleu', () => {
    expect(hypotheses.map(tokenize13a)).toEqual(expected.tokens);
  });
});

describe('corpusBleu', () => {
  it('equals sacrebleu with several references and with one', () => {
    expectBleu(corpusBleu(hypotheses, references), expected.corpusBleu);
    expectBleu(corpusBleu(hypotheses, firsts), expected.corpusBleuOfFirst);
  });

  it('needs a reference for each hypothesis', () => {
    expect(() => corpusBleu(['a'], [[]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: BLEU: every hypothesis must have a reference, got none. Pass one.]`,
    );
  });
});

describe('sentenceBleu', () => {
  it('equals sacrebleu: short, empty and without any match, too', () => {
    hypotheses.forEach((hypothesis, index) => {
      const reference = expected.sentenceBleu[index];
      if (reference === undefined) throw new Error('The fixture has a score for each sentence.');
      expectBleu(sentenceBleu(hypothesis, references[index] ?? []), reference);
    });
  });
});

describe('chrf', () => {
  it('equals sacrebleu for a corpus', () => {
    expect(chrf(hypotheses, references)).toBeCloseTo(expected.chrf, 10);
    expect(chrf(hypotheses, references, { wordOrder: 2 })).toBeCloseTo(expected.chrfPlusPlus, 10);
  });

  it('equals sacrebleu for each sentence', () => {
    hypotheses.forEach((hypothesis, index) => {
      const some = [references[index] ?? []];
      expect(chrf([hypothesis], some)).toBeCloseTo(expected.sentenceChrf[index] ?? NaN, 10);
      expect(chrf([hypothesis], some, { wordOrder: 2 })).toBeCloseTo(expected.sentenceChrfPlusPlus[index] ?? NaN, 10);
    });
  });

  it('needs a reference for each hypothesis', () => {
    expect(() => chrf(['a'], [[]])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: chrf: every hypothesis must have a reference, got none. Pass one.]`,
    );
  });
});
