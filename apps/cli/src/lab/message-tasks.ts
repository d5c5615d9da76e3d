import type { RandomKey } from '@cloze/core';
import type { ClassifiedText } from '@cloze/tasks';
import { messagesByKind } from './messages-by-kind.ts';

/** A text, and what is to be written for it. */
export interface SourceAndTarget {
  readonly source: string;
  readonly target: string;
}

/** What a message of TypeScript's compiler can be asked for, in texts. */
export interface MessageTasks {
  /** Syntax, types, options or quick fix. */
  readonly kind: SourceAndTarget;
  /** Its second half, for the first one. */
  readonly continuation: SourceAndTarget;
  /** The message, for what is left of it in lower case without its small words. */
  readonly restoration: SourceAndTarget;
}

/** English words that say little, and can be guessed from the others. */
const SMALL_WORDS = new Set(
  'a an and any are as at be been by can for from has have if in into is it its must of on or so than that the this to was when which with you'.split(
    ' ',
  ),
);

/** Messages of known kind with their tasks, about 1,700: the training messages, and all others. No task has a training message in its test. */
export async function messageTasks({
  numTraining,
  key,
}: {
  readonly numTraining: number;
  readonly key: RandomKey;
}): Promise<{ readonly train: readonly MessageTasks[]; readonly test: readonly MessageTasks[] }> {
  const { train, test } = await messagesByKind({ numTraining, key });
  return { train: train.map(tasksOf), test: test.map(tasksOf) };
}

function tasksOf({ text, label = '' }: ClassifiedText): MessageTasks {
  const words = text.split(' ');
  const half = Math.ceil(words.length / 2);
  return {
    kind: { source: text, target: label },
    continuation: { source: words.slice(0, half).join(' '), target: words.slice(half).join(' ') },
    restoration: { source: withoutSmallWords(words).join(' '), target: text },
  };
}

function withoutSmallWords(words: readonly string[]): string[] {
  return words.map((word) => word.toLowerCase()).filter((word) => !SMALL_WORDS.has(word));
}
