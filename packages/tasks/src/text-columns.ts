import type { ColumnNames, TaskColumn } from './task-columns.ts';
import type { TaskValues } from './task-values.ts';

/** The only text, or the first of a pair. The names are those of GLUE's data sets. */
export const textColumn: TaskColumn = {
  name: 'text',
  aliases: ['sentence', 'sentence1', 'text1', 'premise', 'question1', 'review', 'content'],
};

/** The second text of a pair. */
export const pairColumn: TaskColumn = {
  name: 'pair',
  aliases: ['sentence2', 'text2', 'hypothesis', 'question2'],
};

/** One text, or two. */
export interface Texts {
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string | undefined;
}

/** Reads {@link textColumn} and, where there is one, {@link pairColumn}. */
export function readTexts(values: TaskValues, columns: ColumnNames): Texts {
  return { text: values.text('text'), ...(columns.pair !== undefined && { pair: values.text('pair') }) };
}
