import { ConfigError, type RandomKey } from '@cloze/core';

/** A question with the answer that an example shows. */
export interface Shot {
  readonly question: string;
  readonly answer: string;
}

/** What stands before a question. */
export interface FewShotOptions {
  /** Stands before everything, as it is: end it with a blank line. Default: nothing. */
  readonly description?: string | undefined;
  /** Examples to choose from; the one whose question is asked is never shown. Default: none. */
  readonly shots?: readonly Shot[] | undefined;
  /** How many of them are shown. Default: 0. */
  readonly numShots?: number | undefined;
  /** Draws examples at random; without one the first are taken. */
  readonly key?: RandomKey | undefined;
}

/** Stands between a question and its answer. */
export const ANSWER_DELIMITER = ' ';

const SHOT_DELIMITER = '\n\n';

/**
 * The context of a question as lm-evaluation-harness builds it: description, examples with their answers, each followed by a blank line, and the
 * question.
 *
 * @throws {ConfigError} when there are fewer examples than are to be shown.
 */
export function fewShotContext(
  question: string,
  { description = '', shots = [], numShots = 0, key }: FewShotOptions = {},
): string {
  const others = shots.filter((shot) => shot.question !== question);
  if (others.length < numShots) {
    throw new ConfigError({
      message: `There must be ${numShots} examples besides the question, got ${others.length}.`,
      hint: 'Give the task more shots, or show fewer.',
    });
  }
  const order = key === undefined ? others.keys() : key.permutation(others.length);
  const shown = [...order].slice(0, numShots).flatMap((index) => others[index] ?? []);
  const examples = shown.map((shot) => `${shot.question}${ANSWER_DELIMITER}${shot.answer}${SHOT_DELIMITER}`);
  return description + examples.join('') + question;
}
