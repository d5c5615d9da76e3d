import type { Prompt } from './prompt.ts';

/** What prompting asks of a model: how well words fit into the blank of a text. There is one for each kind of model; implement it for any other. */
export interface WordScorer {
  /**
   * @param prompts with one blank each.
   * @param words as they stand in text, without spaces around.
   * @returns for each prompt the score of each word: log p up to a number that is the same for all words of a prompt.
   */
  scoreWords(prompts: readonly Prompt[], words: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** The scores of all words in the first prompt, then in the second, and so on, by prompt. */
export function scoresByPrompt(scores: readonly number[], numWords: number): number[][] {
  return Array.from({ length: scores.length / numWords }, (_, prompt) =>
    scores.slice(prompt * numWords, (prompt + 1) * numWords),
  );
}
