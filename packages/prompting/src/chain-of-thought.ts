/**
 * Asks a model that saw no examples to think first.
 *
 * @see Kojima et al. 2022, "Large Language Models are Zero-Shot Reasoners", section 3. <https://arxiv.org/abs/2205.11916>
 */
export const THINK_STEP_BY_STEP = "Let's think step by step.";

/** Asks it for the answer after it has thought: what it writes then ends its text. */
export const THEREFORE = 'Therefore, the answer is';

/** What models are shown to end with; its first group is a number. That of lm-evaluation-harness for GSM8K. */
export const NUMERIC_ANSWER: RegExp = /[Tt]he answer is (-?[0-9.,]*[0-9]+)/;

/** As {@link NUMERIC_ANSWER}, but the group is all up to the end of the sentence or line. */
export const TEXT_ANSWER: RegExp = /[Tt]he answer is (.+?)\s*(?:\.(?:\s|$)|\n|$)/;

/** An answer with the thoughts that lead to it. */
export interface ReasonedAnswer {
  readonly reasoning: string;
  readonly answer: string;
}

/**
 * What an example shows as its answer: reasoning first, then the answer in a form that is found again.
 *
 * @see Wei et al. 2022, "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models", section 2. <https://arxiv.org/abs/2201.11903>
 */
export function reasonedAnswer({ reasoning, answer }: ReasonedAnswer): string {
  return `${reasoning} The answer is ${answer}.`;
}

/**
 * The answer in a text that a model wrote: the first match.
 *
 * @param pattern its first group is the answer, or all of it if it has no group. Default: {@link TEXT_ANSWER}.
 * @returns undefined where there is none.
 */
export function extractAnswer(text: string, pattern: RegExp = TEXT_ANSWER): string | undefined {
  const match = new RegExp(pattern, pattern.flags.replace('g', '')).exec(text);
  return match === null ? undefined : (match[1] ?? match[0]).trim();
}
