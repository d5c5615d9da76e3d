import { ConfigError, type RandomKey } from '@cloze/core';
import {
  balancedExamples,
  fewShotPrompt,
  firstExamples,
  nearestExamples,
  randomExamples,
  type Demonstration,
  type FewShotPrompt,
  type Template,
  type TokenBudget,
} from '@cloze/prompting';
import type { PromptRow } from './read-rows.ts';
import { withLineBreaks, type PromptSettings } from './settings.ts';

/** What every prompt is made of. */
export interface PromptParts {
  readonly template: Template;
  readonly examples: readonly PromptRow[];
  /** What an example shows in its blank. */
  readonly shownAnswer: (example: PromptRow) => string;
  readonly settings: Pick<PromptSettings, 'shots' | 'select' | 'description' | 'separator' | 'answerColumn'>;
  readonly budget: TokenBudget;
  /** Chooses examples at random. */
  readonly key: RandomKey;
}

/**
 * The prompt of a question: description, examples, and the template with its values.
 *
 * @throws {ConfigError} when it does not fit, or when as many examples as `--shots` says do not.
 */
export function promptFor(question: PromptRow, parts: PromptParts): FewShotPrompt {
  const { template, settings, budget, shownAnswer } = parts;
  const demonstrations = chosenExamples(question, parts).map((example): Demonstration => ({
    prompt: template.fill(example),
    answer: shownAnswer(example),
  }));
  const { description, separator, shots } = settings;
  const prompt = fewShotPrompt(template.fill(question), {
    demonstrations,
    description: description === undefined ? undefined : withLineBreaks(description),
    separator: withLineBreaks(separator),
    budget,
  });
  if (shots === undefined || prompt.numShown === shots) return prompt;
  throw new ConfigError({
    message: `A prompt with ${shots} examples must have at most ${budget.maxTokens} tokens besides its answer; only ${prompt.numShown} fit.`,
    hint: 'Lower --shots, or leave it out to show as many as fit.',
  });
}

function chosenExamples(question: PromptRow, { template, examples, settings, key }: PromptParts): PromptRow[] {
  const { shots = examples.length, select, answerColumn } = settings;
  const textOf = (row: PromptRow): string => template.slots.map((slot) => row[slot] ?? '').join(' ');
  switch (select) {
    case 'first':
      return firstExamples(examples, shots);
    case 'random':
      return randomExamples(examples, shots, key);
    case 'balanced':
      return balancedExamples(examples, shots, { labelOf: (row) => row[answerColumn] ?? '', key });
    case 'nearest':
      return nearestExamples(examples, shots, { query: textOf(question), textOf });
  }
}
