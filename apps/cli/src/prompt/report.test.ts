import { describe, expect, it } from 'vitest';
import { accuracyLine, toJson, toLine, type AnsweredPrompt } from './report.ts';

const asked = { prompt: 'Q ___', shown: 'Q', numExamples: 0 };
const chosen: AnsweredPrompt = {
  ...asked,
  result: { label: 'yes', probabilities: { yes: 0.75, no: 0.25 } },
  expected: 'yes',
};
const silent: AnsweredPrompt = { ...asked, result: { answer: undefined, votes: [], samples: [] }, expected: 'no' };

describe('what is said of answers', () => {
  it('is a line for people', () => {
    expect(toLine(chosen, 5)).toBe('yes     75.0 %  Q');
    expect(toLine(silent, 5)).toBe('(no answer)    0.0 %  Q');
    expect(accuracyLine([chosen, silent])).toBe('1 of 2 right, 50.0 %');
    expect(accuracyLine([{ ...chosen, expected: undefined }])).toBeUndefined();
  });

  it('is an object for programs', () => {
    expect(JSON.parse(toJson(chosen))).toEqual({
      prompt: 'Q ___',
      numExamples: 0,
      label: 'yes',
      probabilities: { yes: 0.75, no: 0.25 },
      expected: 'yes',
    });
    expect(JSON.parse(toJson({ ...silent, expected: undefined }))).toEqual({
      prompt: 'Q ___',
      numExamples: 0,
      votes: [],
      samples: [],
    });
  });
});
