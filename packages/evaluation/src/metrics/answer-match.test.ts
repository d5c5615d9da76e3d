import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { exactMatch, normalizeAnswer, spanF1 } from './answer-match.ts';

describe.each(referenceMetrics.answers)("SQuAD's metrics of $answer", ({ answer, references, ...expected }) => {
  it('equal the published evaluation script', () => {
    expect(normalizeAnswer(answer)).toBe(expected.normalized);
    expect(exactMatch(answer, references)).toBe(expected.exactMatch);
    expect(spanF1(answer, references)).toBeCloseTo(expected.spanF1, 12);
  });
});

describe('exactMatch', () => {
  it('needs a reference', () => {
    expect(() => exactMatch('a', [])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: There must be at least one reference answer, got none. For a question without an answer pass [''].]`,
    );
  });
});
