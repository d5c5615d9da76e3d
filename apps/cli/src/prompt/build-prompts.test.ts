import { RandomKey } from '@cloze/core';
import { template } from '@cloze/prompting';
import { describe, expect, it } from 'vitest';
import { promptFor, type PromptParts } from './build-prompts.ts';
import { promptSettings } from './settings.ts';

const examples = [
  { text: 'red tea', answer: 'a' },
  { text: 'old wine', answer: 'a' },
  { text: 'cold wine', answer: 'b' },
];

function textOf(settings: Readonly<Record<string, unknown>>, maxTokens = 100): string {
  const parts: PromptParts = {
    template: template('{text}: ___'.slice(0)),
    examples,
    shownAnswer: ({ answer = '' }) => answer,
    settings: promptSettings.parse({ model: 'm', template: 't', separator: '|', ...settings }),
    budget: { maxTokens, countTokens: (text) => text.length },
    key: RandomKey.fromSeed(1),
  };
  return promptFor({ text: 'wine, red tea' }, parts).pieces.join('___');
}

describe('promptFor', () => {
  it('shows as many examples as fit, or as many as asked for', () => {
    expect(textOf({})).toBe('red tea: a|old wine: a|cold wine: b|wine, red tea: ___');
    expect(textOf({}, 45)).toBe('old wine: a|cold wine: b|wine, red tea: ___');
    expect(textOf({ shots: 0 })).toBe('wine, red tea: ___');
    expect(() => textOf({ shots: 3 }, 45)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A prompt with 3 examples must have at most 45 tokens besides its answer; only 2 fit. Lower --shots, or leave it out to show as many as fit.]`,
    );
    expect(() => textOf({ shots: 4 })).toThrow('The number of examples to show must be a whole number from 0 to 3');
    expect(() => textOf({}, 10)).toThrow('A prompt must have at most 10 tokens');
  });

  it('chooses them in four ways', () => {
    const shown = (select: string): string => textOf({ select, shots: 2, description: 'Say:' });
    expect(shown('first')).toBe('Say:|red tea: a|old wine: a|wine, red tea: ___');
    expect(shown('balanced')).toMatch(
      /^Say:\|(red tea: a|old wine: a)\|cold wine: b\||cold wine: b\|(red tea|old wine): a\|/,
    );
    expect(shown('nearest')).toMatch(/: .\|red tea: a\|wine, red tea: ___$/);
    expect(shown('random')).toBe(shown('random'));
  });
});
