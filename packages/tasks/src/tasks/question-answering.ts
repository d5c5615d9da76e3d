import type { RandomKey, SpanPredictor } from '@cloze/core';
import { exactMatch, spanF1, statisticOf } from '@cloze/evaluation';
import {
  questionAnswering as questionAnsweringObjective,
  type AnsweredQuestion,
  type QuestionAnsweringField,
} from '@cloze/objectives';
import type { Encoding } from '@cloze/tokenizer';
import { bestSpans } from '../answer-spans.ts';
import { softmax } from '../class-probabilities.ts';
import { TextReader, type EncodedText } from '../encoded-text.ts';
import type { ExampleOutputs } from '../batch-predictor.ts';
import { supervisedTask } from '../supervised-task.ts';
import type { ColumnNames } from '../task-columns.ts';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type { Metrics, ModelTask, Task, TaskContext } from '../task.ts';

/** A question, and a text that may hold its answer. */
export interface QuestionRow extends TaskRow {
  readonly question: string;
  readonly context: string;
  /** All right ones; none where the text does not answer. Absent where it is to be predicted. */
  readonly answers?: readonly GivenAnswer[] | undefined;
}

/** A piece of the context. */
export interface GivenAnswer {
  readonly text: string;
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
}

/** What a model takes for the answer. */
export interface Answer {
  /** Empty where the text does not answer. */
  readonly text: string;
  /** Where it stands in the context, in UTF-16 units; both 0 where there is no answer. */
  readonly start: number;
  readonly end: number;
  /** Among the candidates. */
  readonly probability: number;
  /** The best ones, this one first. */
  readonly candidates: readonly Omit<Answer, 'candidates'>[];
}

/** A window of a context. Tokens outside of it are no answers. */
interface QuestionWindow extends AnsweredQuestion, EncodedText {
  readonly encoding: Encoding;
}

/** Tokens that neighbouring windows share, a quarter of a window at most. */
const STRIDE = 128;
/** Tokens of the longest answer, as in BERT's code. */
const MAX_ANSWER_TOKENS = 30;
const NUM_CANDIDATES = 5;

/**
 * The piece of a text that answers a question, or none. Long texts are read in windows that overlap.
 *
 * Columns are those of SQuAD: `question`, `context`, and `answers` with `text` and `answer_start`; in tables `answer` and, unless it is the first place
 * where it stands, `answer_start`. An empty answer says that there is none.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", sections 4.2 and 4.3.
 */
export const questionAnswering: Task<QuestionRow, Answer> = {
  name: 'question-answering',
  modelTasks: ['question-answering'],
  columns: [
    { name: 'question' },
    { name: 'context', aliases: ['text', 'passage', 'document'] },
    { name: 'answer', aliases: ['answers'], isTarget: true },
    { name: 'start', aliases: ['answer_start', 'answerStart'], isRequired: false, isTarget: true },
  ],
  readRow: (row, columns) => {
    const values = new TaskValues(row, columns);
    const question = { question: values.text('question'), context: values.text('context'), place: row.place };
    return columns.answer === undefined
      ? question
      : { ...question, answers: answersOf(values, columns, question.context) };
  },
  labelsOf: () => [],
  on: questionAnsweringOn,
};

/** From SQuAD's `{ text: [...], answer_start: [...] }`, or from two columns. */
function answersOf(values: TaskValues, columns: ColumnNames, context: string): GivenAnswer[] {
  const value = values.raw('answer');
  const { texts, starts } = listedAnswers(value) ?? {
    texts: values.has('answer') ? [values.label('answer')] : [],
    starts: columns.start === undefined || !values.has('start') ? [] : [values.number('start')],
  };
  return texts.map((text, index) => {
    const start = starts[index] ?? context.indexOf(text);
    if (start >= 0 && context.startsWith(text, start)) return { text, start };
    throw values.error(
      'answer',
      'a piece of the context, letter by letter',
      `It does not stand at ${starts[index] ?? 'any place'} of the context.`,
    );
  });
}

function listedAnswers(
  value: unknown,
): { readonly texts: readonly string[]; readonly starts: readonly number[] } | undefined {
  if (typeof value !== 'object' || value === null || !('text' in value) || !Array.isArray(value.text)) return undefined;
  const texts: readonly unknown[] = value.text;
  const starts: readonly unknown[] =
    'answer_start' in value && Array.isArray(value.answer_start) ? value.answer_start : [];
  return {
    texts: texts.filter((text) => typeof text === 'string'),
    starts: starts.filter((start) => typeof start === 'number'),
  };
}

function questionAnsweringOn(context: TaskContext): ModelTask<QuestionRow, Answer> {
  const { padTokenId, maxLength } = context;
  const stride = Math.min(STRIDE, Math.floor(maxLength / 4));
  const reader = new TextReader(context, { strategy: 'only-second', stride });
  return supervisedTask<QuestionRow, QuestionWindow, SpanPredictor, QuestionAnsweringField, Answer>({
    isLabelled: ({ answers }) => answers !== undefined,
    examplesOf: (row, { isLabelled }) => {
      const first = reader.encode(row.question, row.context, row.place);
      const [answer] = isLabelled ? (row.answers ?? []) : [];
      return [first, ...first.overflowing].map((encoding) => ({
        ...reader.toExample(encoding),
        ...tokensOf(answer, encoding),
        encoding,
      }));
    },
    maxLength,
    lengthOf: ({ inputIds }) => inputIds.length,
    objective: (sequenceLength) => questionAnsweringObjective({ padTokenId, sequenceLength }),
    outputs: (model, { inputIds, attentionMask, tokenTypeIds }) => {
      const { startLogits, endLogits } = model.forward({ inputIds, attentionMask, tokenTypeIds });
      return { startLogits, endLogits };
    },
    prediction: (row, outputs, windows) => answerOf(row, outputs, windows),
    metrics: (rows, predictions, key) => answerMetrics(rows, predictions, key),
  });
}

/** The tokens of an answer in a window; token 0 where it is not in there, or not whole. */
function tokensOf(
  answer: GivenAnswer | undefined,
  encoding: Encoding,
): { readonly start: number; readonly end: number } {
  if (answer === undefined || answer.text === '') return { start: 0, end: 0 };
  const { starts, ends } = encoding;
  const last = answer.start + answer.text.length;
  const own = Array.from({ length: encoding.length }, (_, token) => token).filter((token) =>
    isContext(encoding, token),
  );
  const start = own.find((token) => (ends[token] ?? 0) > answer.start);
  const end = own.findLast((token) => (starts[token] ?? 0) < last);
  const isWhole =
    start !== undefined && end !== undefined && (starts[start] ?? 0) <= answer.start + 1 && (ends[end] ?? 0) >= last;
  return isWhole && start <= end ? { start, end } : { start: 0, end: 0 };
}

function isContext({ sequenceIds }: Encoding, token: number): boolean {
  return sequenceIds[token] === 1;
}

/** The best span of any window against no answer, whose score is the lowest that token 0 has in any window. */
function answerOf(
  { context }: QuestionRow,
  outputs: readonly ExampleOutputs[],
  windows: readonly QuestionWindow[],
): Answer {
  const spans = windows.flatMap(({ encoding }, index) => {
    const { startLogits = [], endLogits = [] } = outputs[index] ?? {};
    const rules = {
      isContext: (token: number) => isContext(encoding, token),
      maxTokens: MAX_ANSWER_TOKENS,
      count: NUM_CANDIDATES,
    };
    return bestSpans(startLogits, endLogits, rules).map(({ start, end, score }) => ({
      ...trimmed(context, encoding.starts[start] ?? 0, encoding.ends[end] ?? 0),
      score,
    }));
  });
  const nothing = outputs.map(({ startLogits, endLogits }) => (startLogits?.[0] ?? 0) + (endLogits?.[0] ?? 0));
  const none = { text: '', start: 0, end: 0, score: Math.min(...nothing) };
  const isNew = ({ start, end }: (typeof spans)[number], index: number): boolean =>
    spans.findIndex((other) => other.start === start && other.end === end) === index;
  const ranked = [none, ...spans.sort((a, b) => b.score - a.score).filter(isNew)]
    .sort((a, b) => b.score - a.score)
    .slice(0, NUM_CANDIDATES);
  const probabilities = softmax(ranked.map(({ score }) => score));
  const candidates = ranked.map(({ text, start, end }, index) => ({
    text,
    start,
    end,
    probability: probabilities[index] ?? 0,
  }));
  return { ...(candidates[0] ?? { text: '', start: 0, end: 0, probability: 1 }), candidates };
}

/** Without white space at the ends, which byte-level tokens begin with. */
function trimmed(
  context: string,
  begin: number,
  end: number,
): { readonly text: string; readonly start: number; readonly end: number } {
  const piece = context.slice(begin, end);
  const start = begin + piece.length - piece.trimStart().length;
  const text = piece.trim();
  return { text, start, end: start + text.length };
}

interface AnswerPair {
  readonly predicted: string;
  readonly actual: readonly string[];
}

/** Exact match and F1 as SQuAD has them; where a text does not answer, saying so is right. */
function answerMetrics(
  rows: readonly QuestionRow[],
  predictions: readonly Answer[],
  key: RandomKey | undefined,
): Metrics {
  const pairs = predictions.map(({ text }, index): AnswerPair => {
    const answers = (rows[index]?.answers ?? []).map((answer) => answer.text);
    return { predicted: text, actual: answers.length === 0 ? [''] : answers };
  });
  const mean =
    (score: (predicted: string, actual: readonly string[]) => number) =>
    (some: readonly AnswerPair[]): number =>
      some.reduce((sum, { predicted, actual }) => sum + score(predicted, actual), 0) / some.length;
  return {
    f1: statisticOf(pairs, mean(spanF1), key),
    exactMatch: statisticOf(pairs, mean(exactMatch), key),
  };
}
