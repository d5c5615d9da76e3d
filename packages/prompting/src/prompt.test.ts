import { describe, expect, it } from 'vitest';
import { aroundBlank, fillBlanks } from './prompt.ts';

describe('fillBlanks', () => {
  it('puts a text into each blank', () => {
    expect(fillBlanks({ pieces: ['a ', ' b ', ' c'] }, (blank) => `<${blank}>`)).toBe('a <0> b <1> c');
    expect(fillBlanks({ pieces: ['no blank'] }, () => 'x')).toBe('no blank');
  });
});

describe('aroundBlank', () => {
  it('splits a text at its only blank', () => {
    expect(aroundBlank({ pieces: ['It was ', '.'] })).toEqual(['It was ', '.']);
    expect(() => aroundBlank({ pieces: ['none'] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A prompt must have one blank, got none in "none". Write ___ in the template where the answer belongs, and nowhere else.]`,
    );
    expect(() => aroundBlank({ pieces: ['a ', ' b ', ''] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A prompt must have one blank, got 2 in "a ___ b ___". Write ___ in the template where the answer belongs, and nowhere else.]`,
    );
  });
});
