import { describe, expect, it } from 'vitest';
import { fewShotPrompt, type TokenBudget } from './few-shot.ts';
import { template } from './template.ts';

const review = template('Review: {text}\nIt was ___.');
const demonstrations = [
  { prompt: review.fill({ text: 'I slept well' }), answer: 'great' },
  { prompt: review.fill({ text: 'Too loud' }), answer: 'bad' },
];
const prompt = review.fill({ text: 'Clean' });

describe('fewShotPrompt', () => {
  it('shows nothing, one, or a few examples before the prompt', () => {
    expect(fewShotPrompt(prompt)).toEqual({ pieces: ['Review: Clean\nIt was ', '.'], numShown: 0 });
    expect(fewShotPrompt(prompt, { demonstrations, description: 'Judge.' })).toEqual({
      pieces: [
        'Judge.\n\nReview: I slept well\nIt was great.\n\nReview: Too loud\nIt was bad.\n\nReview: Clean\nIt was ',
        '.',
      ],
      numShown: 2,
    });
  });

  it('takes one answer for each blank', () => {
    const pair = template('{a}: ___ or ___').fill({ a: 'Tea' });
    const shown = fewShotPrompt(pair, {
      demonstrations: [{ prompt: pair, answer: ['hot', 'iced'] }],
      separator: ' | ',
    });
    expect(shown.pieces).toEqual(['Tea: hot or iced | Tea: ', ' or ', '']);
  });

  it('leaves the first examples out until the rest fits', () => {
    const within = (maxTokens: number): TokenBudget => ({ maxTokens, countTokens: (text) => text.split(/\s+/).length });
    const counts = [5, 10, 11, 17, 18].map(
      (maxTokens) => fewShotPrompt(prompt, { demonstrations, budget: within(maxTokens) }).numShown,
    );
    expect(counts).toEqual([0, 0, 1, 1, 2]);
    expect(fewShotPrompt(prompt, { demonstrations, budget: within(11) }).pieces[0]).toBe(
      'Review: Too loud\nIt was bad.\n\nReview: Clean\nIt was ',
    );
    expect(() =>
      fewShotPrompt(prompt, { demonstrations, description: 'Judge.', budget: within(4) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A prompt must have at most 4 tokens with its description and without examples, got 6. Shorten its values, or use a model with more positions.]`,
    );
  });
});
