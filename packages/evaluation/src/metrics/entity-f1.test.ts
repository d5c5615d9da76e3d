import { describe, expect, it } from 'vitest';
import { referenceMetrics } from '../fixtures/reference-metrics.ts';
import { entitiesOf, entityF1 } from './entity-f1.ts';

const { labels, predictions, ...expected } = referenceMetrics.entities;

describe('entityF1', () => {
  it.each(['lenient', 'strict'] as const)("equals seqeval's definition: %s", (mode) => {
    for (const average of ['micro', 'macro', 'weighted'] as const) {
      const { precision, recall, f1 } = entityF1(predictions, labels, { mode, average });
      expect([precision, recall, f1]).toEqual(
        expected[mode][average].map((value) => expect.closeTo(value, 12) as number),
      );
    }
  });

  it("gives the value of seqeval's own documentation", () => {
    const wanted = [
      ['O', 'O', 'O', 'B-MISC', 'I-MISC', 'I-MISC', 'O'],
      ['B-PER', 'I-PER', 'O'],
    ];
    const predicted = [
      ['O', 'O', 'B-MISC', 'I-MISC', 'I-MISC', 'I-MISC', 'O'],
      ['B-PER', 'I-PER', 'O'],
    ];
    expect(entityF1(predicted, wanted)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  });

  it('needs one tag per token', () => {
    expect(() => entityF1([['O']], [['O', 'O']])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: entityF1, sequence 0: there must be one prediction per label and at least one, got 1 and 2. Pass both in the same order.]`,
    );
  });
});

describe('entitiesOf', () => {
  const tags = ['I-PER', 'I-LOC', 'B-LOC', 'I-LOC', 'I-PER'];

  it('lets an I- tag begin an entity', () => {
    expect(entitiesOf(tags)).toEqual([
      { type: 'PER', start: 0, end: 1 },
      { type: 'LOC', start: 1, end: 2 },
      { type: 'LOC', start: 2, end: 4 },
      { type: 'PER', start: 4, end: 5 },
    ]);
  });

  it('or only a B- tag, if strict', () => {
    expect(entitiesOf(tags, 'strict')).toEqual([{ type: 'LOC', start: 2, end: 4 }]);
  });

  it('refuses other schemes', () => {
    expect(() => entitiesOf(['S-PER'])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: Tags must be O, B-TYPE or I-TYPE, got "S-PER". Convert other schemes to IOB2.]`,
    );
  });
});
