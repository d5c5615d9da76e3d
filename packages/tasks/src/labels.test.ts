import { describe, expect, it } from 'vitest';
import { labelId, labelSet } from './labels.ts';

describe('labelSet', () => {
  it('sorts names by code unit and numbers by value', () => {
    expect(labelSet(['pos', 'neg', 'Neutral', 'pos'])).toEqual(['Neutral', 'neg', 'pos']);
    expect(labelSet(['10', '9', '-1'])).toEqual(['-1', '9', '10']);
  });

  it('refuses what are no labels', () => {
    expect(() => labelSet([])).toThrow('There must be at least two different labels, got none.');
    expect(() => labelSet(['a', 'a'])).toThrow('There must be at least two different labels, got only "a".');
    const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
    expect(() => labelSet(texts)).toThrow(
      'There must be a few labels that come again and again, got 30 different ones in 30 places, as "text 0", "text 1", "text 2".',
    );
  });
});

describe('labelId', () => {
  it('names the place, the column, the labels and the closest one', () => {
    expect(labelId(['no', 'yes'], 'yes', {})).toBe(1);
    const row = { place: { file: 'dev.tsv', line: 7 }, labelColumn: 'answer' };
    expect(() => labelId(['no', 'yes'], 'yess', row)).toThrow(
      `dev.tsv line 7: The column "answer" must hold one of the model's labels (no, yes), got "yess". Did you mean "yes"?`,
    );
    expect(() => labelId(['no', 'yes'], 'maybe', {})).toThrow('Correct the line, or train with it.');
  });
});
