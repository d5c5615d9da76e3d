import { ClozeError, type ChoiceScorer, type Objective } from '@cloze/core';
import { shareOf } from '@cloze/evaluation';
import {
  multipleChoice as multipleChoiceObjective,
  type ChoiceQuestion,
  type MultipleChoiceField,
} from '@cloze/objectives';
import { argMax, softmax } from '../class-probabilities.ts';
import { TextReader } from '../encoded-text.ts';
import { supervisedTask } from '../supervised-task.ts';
import type { ColumnNames } from '../task-columns.ts';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type { ModelTask, Task, TaskContext } from '../task.ts';

/** A question, or the begin of a text, and what may follow. */
export interface ChoiceRow extends TaskRow {
  readonly question: string;
  /** As many in all rows. */
  readonly choices: readonly string[];
  /** Which one is right, from 0. Absent where it is to be predicted. */
  readonly answer?: number | undefined;
}

/** What a model chooses. */
export interface Choice {
  /** From 0. */
  readonly answer: number;
  /** Of each choice. */
  readonly probabilities: readonly number[];
}

/** The most choices that stand in columns of their own. */
const MOST_COLUMNS = 10;
const CHOICE_COLUMNS = Array.from({ length: MOST_COLUMNS }, (_, index) => `choice${index}`);

/**
 * The right one of several choices. They stand in one list (`choices`), or in columns `choice0`, `choice1`, ... as tables have them (also `ending0`, ...).
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 4.4.
 */
export const multipleChoice: Task<ChoiceRow, Choice> = {
  name: 'multiple-choice',
  modelTasks: ['multiple-choice'],
  columns: [
    { name: 'question', aliases: ['text', 'sent1', 'premise', 'context', 'startphrase'] },
    { name: 'choices', aliases: ['endings', 'answers'], isRequired: false },
    ...CHOICE_COLUMNS.map((name, index) => ({ name, aliases: [`ending${index}`], isRequired: false })),
    { name: 'answer', aliases: ['label'], isTarget: true },
  ],
  readRow: (row, columns) => {
    const values = new TaskValues(row, columns);
    const choices = choicesOf(values, columns);
    const question = { question: values.text('question'), choices, place: row.place };
    if (columns.answer === undefined) return question;
    const answer = values.number('answer');
    if (Number.isInteger(answer) && answer >= 0 && answer < choices.length) return { ...question, answer };
    throw values.error('answer', `the number of a choice, from 0 to ${choices.length - 1}`);
  },
  labelsOf: (rows) => {
    checkNumChoices(rows);
    return [];
  },
  on: multipleChoiceOn,
};

function choicesOf(values: TaskValues, columns: ColumnNames): readonly string[] {
  const listed = columns.choices === undefined ? [] : values.list('choices');
  const choices =
    listed.length > 0 ? listed : CHOICE_COLUMNS.filter((name) => values.has(name)).map((name) => values.text(name));
  if (choices.length >= 2) return choices;
  throw values.error('choices', 'at least two choices', 'Write them as a list, or in columns choice0, choice1, ...');
}

function checkNumChoices(rows: readonly ChoiceRow[]): void {
  const numChoices = rows[0]?.choices.length;
  const other = rows.find(({ choices }) => choices.length !== numChoices);
  if (other === undefined) return;
  throw new ClozeError('DATA_INVALID', {
    message: `All questions must have as many choices as the first, ${numChoices}, got ${other.choices.length}.`,
    hint: 'Leave out the questions that have more or fewer.',
    ...other.place,
  });
}

function multipleChoiceOn(context: TaskContext): ModelTask<ChoiceRow, Choice> {
  const { padTokenId, maxLength } = context;
  const reader = new TextReader(context);
  return supervisedTask<ChoiceRow, ChoiceQuestion, ChoiceScorer, MultipleChoiceField, Choice>({
    isLabelled: ({ answer }) => answer !== undefined,
    examplesOf: ({ question, choices, answer = 0, place }) => [
      { choices: choices.map((choice) => reader.read(question, choice, place)), label: answer },
    ],
    maxLength,
    lengthOf: ({ choices }) => Math.max(...choices.map(({ inputIds }) => inputIds.length)),
    objective: (sequenceLength) => {
      const ofChoices = (numChoices: number): Objective<ChoiceQuestion, ChoiceScorer, MultipleChoiceField> =>
        multipleChoiceObjective({ numChoices, padTokenId, sequenceLength });
      return {
        ...ofChoices(0),
        prepare: (examples, key) => ofChoices(examples[0]?.choices.length ?? 0).prepare(examples, key),
      };
    },
    outputs: (model, { inputIds, attentionMask, tokenTypeIds }) => ({
      logits: model.forward({ inputIds, attentionMask, tokenTypeIds }).logits,
    }),
    prediction: (_, [outputs]) => ({
      answer: argMax(outputs?.logits ?? []),
      probabilities: softmax(outputs?.logits ?? []),
    }),
    metrics: (rows, predictions) => ({
      accuracy: shareOf(
        predictions.map(({ answer }, index) => answer === rows[index]?.answer),
        (isRight) => isRight,
      ),
    }),
  });
}
