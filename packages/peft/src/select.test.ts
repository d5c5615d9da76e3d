import { describe, expect, it } from 'vitest';
import { anyOf, below, biasesOnly } from './select.ts';

describe('parameter filters', () => {
  it('select by path, alone and together', () => {
    const paths = ['model.norm.bias', 'model.norm.weight', 'classifier.weight', 'classifierNorm.weight'];
    expect(paths.filter(biasesOnly)).toEqual(['model.norm.bias']);
    expect(paths.filter(below('classifier'))).toEqual(['classifier.weight']);
    expect(paths.filter(anyOf(biasesOnly, below('classifier')))).toEqual(['model.norm.bias', 'classifier.weight']);
  });
});
