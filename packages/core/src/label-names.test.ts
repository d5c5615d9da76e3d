import { describe, expect, it } from 'vitest';
import { labelNames, labelNamesJson } from './label-names.ts';

describe('labelNames', () => {
  it('reads back what was written, in order, also of more than ten', () => {
    const labels = Array.from({ length: 12 }, (_, index) => `class ${index}`);
    expect(labelNames(labelNamesJson(labels))).toEqual(labels);
    expect(labelNamesJson(['no', 'yes'])).toEqual({ id2label: { 0: 'no', 1: 'yes' }, label2id: { no: 0, yes: 1 } });
  });

  it('finds none where there are none, and names those that have no text', () => {
    expect(labelNames({})).toEqual([]);
    expect(labelNames({ id2label: ['a'] })).toEqual([]);
    expect(labelNames({ id2label: { 1: 'b', 0: 7 } })).toEqual(['LABEL_0', 'b']);
  });
});
