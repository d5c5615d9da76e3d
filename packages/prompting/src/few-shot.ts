import { ConfigError } from '@cloze/core';
import { fillBlanks, type Prompt } from './prompt.ts';

/** A prompt with what belongs into its blanks: an example to be shown. */
export interface Demonstration {
  readonly prompt: Prompt;
  /** One text for each blank, or one for all. */
  readonly answer: string | readonly string[];
}

/** What stands before a prompt. */
export interface FewShotOptions {
  /** Says what is to be done. Default: nothing. */
  readonly description?: string | undefined;
  /** In the order in which they are shown: zero, one or a few. Default: none. */
  readonly demonstrations?: readonly Demonstration[] | undefined;
  /** Stands after the description and each demonstration. Default: a blank line. */
  readonly separator?: string | undefined;
  /** Leaves out demonstrations, the first ones first, until the rest fits. Default: all are shown. */
  readonly budget?: TokenBudget | undefined;
}

/** How long a prompt may be. */
export interface TokenBudget {
  /** Without blanks and special tokens: leave room for the answer, too. */
  readonly maxTokens: number;
  readonly countTokens: (text: string) => number;
}

/** A prompt with examples before it. */
export interface FewShotPrompt extends Prompt {
  /** How many demonstrations found room. */
  readonly numShown: number;
}

/**
 * Puts a description and demonstrations before a prompt. Choose demonstrations with `firstExamples`, `randomExamples`, `balancedExamples` or
 * `nearestExamples`.
 *
 * @example
 * const review = template('Review: {text}\nIt was ___');
 * const demonstrations = [{ prompt: review.fill({ text: 'I slept well.' }), answer: 'great' }];
 * fewShotPrompt(review.fill({ text: 'Too loud.' }), { demonstrations }); // 'Review: I slept well.\nIt was great\n\nReview: Too loud.\nIt was ___'
 * @see Brown et al. 2020, "Language Models are Few-Shot Learners", section 2. <https://arxiv.org/abs/2005.14165>
 * @throws {ConfigError} when the prompt does not fit into the budget even alone.
 */
export function fewShotPrompt(
  prompt: Prompt,
  { description = '', demonstrations = [], separator = '\n\n', budget }: FewShotOptions = {},
): FewShotPrompt {
  const intro = description === '' ? '' : description + separator;
  const shown = demonstrations.map(demonstrationText);
  const [first = '', ...others] = prompt.pieces;
  for (let leftOut = 0; leftOut <= shown.length; leftOut++) {
    const before = [...shown.slice(leftOut), first].join(separator);
    const result = { pieces: [intro + before, ...others], numShown: shown.length - leftOut };
    if (budget === undefined || lengthOf(result, budget) <= budget.maxTokens) return result;
  }
  throw tooLong(prompt, intro, budget);
}

/** An example as it is shown: the answers stand in the blanks. */
export function demonstrationText({ prompt, answer }: Demonstration): string {
  return fillBlanks(prompt, (blank) => (typeof answer === 'string' ? answer : (answer[blank] ?? '')));
}

function lengthOf({ pieces }: Prompt, { countTokens }: TokenBudget): number {
  return countTokens(pieces.join(' '));
}

function tooLong({ pieces: [first = '', ...others] }: Prompt, intro: string, budget?: TokenBudget): ConfigError {
  const length = budget && lengthOf({ pieces: [intro + first, ...others] }, budget);
  return new ConfigError({
    message: `A prompt must have at most ${budget?.maxTokens ?? 0} tokens with its description and without examples, got ${length ?? 0}.`,
    hint: 'Shorten its values, or use a model with more positions.',
  });
}
