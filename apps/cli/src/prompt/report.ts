import type { Classification, ConsistentAnswer } from '@cloze/prompting';
import { styleFor } from '../terminal/style.ts';

/** A question with what the model said. */
export interface AnsweredPrompt {
  /** All that the model read; `___` where it answered. */
  readonly prompt: string;
  /** The values of the question, for people. */
  readonly shown: string;
  readonly numExamples: number;
  readonly result: Classification<string> | ConsistentAnswer;
  /** What is right, where the data says so. */
  readonly expected?: string | undefined;
}

/** One JSON object of the output. */
export function toJson({ prompt, numExamples, result, expected }: AnsweredPrompt): string {
  return JSON.stringify({ prompt, numExamples, ...result, expected });
}

/** One line for people: the answer, how sure the model is, and the question. */
export function toLine({ shown, result }: AnsweredPrompt, width: number): string {
  const { bold, dim } = styleFor(process.stdout);
  const answer = answerOf(result) ?? '(no answer)';
  const share = 'label' in result ? result.probabilities[result.label] : result.votes[0]?.share;
  return `${bold(answer.padEnd(width))}  ${percent(share ?? 0)}  ${dim(shown)}`;
}

/** How many questions were answered rightly; undefined where nothing is known of what is right. */
export function accuracyLine(answered: readonly AnsweredPrompt[]): string | undefined {
  const known = answered.filter(({ expected }) => expected !== undefined);
  const numRight = known.filter(({ expected, result }) => answerOf(result) === expected).length;
  if (known.length === 0) return undefined;
  return `${numRight} of ${known.length} right, ${percent(numRight / known.length).trim()}`;
}

/** The label or the answer; undefined where the model came to none. */
export function answerOf(result: AnsweredPrompt['result']): string | undefined {
  return 'label' in result ? result.label : result.answer;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1).padStart(5)} %`;
}
