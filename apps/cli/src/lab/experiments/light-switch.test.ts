import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { answer, lightDocument, lightProblem, question, thoughts } from './light-switch.ts';

const key = RandomKey.fromSeed(1);

describe('lightProblem', () => {
  it('is followed visit by visit', () => {
    const problem = { start: false, flips: [true, false, true, true] };
    expect(question(problem)).toBe('off: flip keep flip flip');
    expect(thoughts(problem)).toBe(' flip on keep on flip off flip on');
    expect(answer(problem)).toBe('on');
  });

  it('keeps problems of the test out of what is read, and half of them end on', () => {
    const written = (isTest: boolean): string[] =>
      Array.from({ length: 2000 }, (_, index) => question(lightProblem(key.fold(index), { isTest })));
    const read = new Set(written(false));
    expect(written(true).filter((text) => read.has(text))).toEqual([]);
    const answers = Array.from({ length: 2000 }, (_, index) => answer(lightProblem(key.fold(index), { isTest: true })));
    expect(Math.abs(answers.filter((text) => text === 'on').length / 2000 - 0.5)).toBeLessThan(0.04);
  });
});

describe('lightDocument', () => {
  it('answers one problem at once and one with thoughts, in either order', () => {
    const documents = Array.from({ length: 40 }, (_, index) => lightDocument(key.fold(index)).split('\n'));
    const hasThoughts = (line = ''): boolean => / so /.test(line);
    for (const lines of documents) expect(lines.filter(hasThoughts)).toHaveLength(1);
    const first = documents.filter(([line]) => hasThoughts(line)).length;
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThan(30);
  });
});
