import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { fewShotContext } from './few-shot-context.ts';

const shots = ['1', '2', '3', '4'].map((name) => ({ question: `Q${name}`, answer: `A${name}` }));

describe('fewShotContext', () => {
  it('joins description, examples and question as lm-evaluation-harness does', () => {
    expect(fewShotContext('Q?', { description: 'Answer.\n\n', shots, numShots: 2 })).toBe(
      'Answer.\n\nQ1 A1\n\nQ2 A2\n\nQ?',
    );
    expect(fewShotContext('Q?')).toBe('Q?');
  });

  it('never shows the question that it asks', () => {
    expect(fewShotContext('Q1', { shots, numShots: 2 })).toBe('Q2 A2\n\nQ3 A3\n\nQ1');
  });

  it('draws examples by key, each once', () => {
    const draw = (seed: number): string[] =>
      fewShotContext('Q?', { shots, numShots: 4, key: RandomKey.fromSeed(seed) }).split('\n\n');
    expect(draw(1).toSorted()).toEqual(['Q1 A1', 'Q2 A2', 'Q3 A3', 'Q4 A4', 'Q?']);
    expect(draw(1)).toEqual(draw(1));
    expect(new Set([1, 2, 3, 4].map((seed) => draw(seed).join())).size).toBeGreaterThan(1);
  });

  it('needs enough examples', () => {
    expect(() => fewShotContext('Q1', { shots, numShots: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: There must be 4 examples besides the question, got 3. Give the task more shots, or show fewer.]`,
    );
  });
});
