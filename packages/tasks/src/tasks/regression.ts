import type { RandomKey, SequenceClassifier } from '@cloze/core';
import { pearsonCorrelation, spearmanCorrelation, statisticOf } from '@cloze/evaluation';
import { sequenceRegression, type LabelledSequence, type SequenceField } from '@cloze/objectives';
import { withCharacters } from '../character-inputs.ts';
import { TextReader, type EncodedText } from '../encoded-text.ts';
import { supervisedTask } from '../supervised-task.ts';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type { Metrics, ModelTask, Task, TaskContext } from '../task.ts';
import { pairColumn, readTexts, textColumn, type Texts } from '../text-columns.ts';

/** A text, or two, and a number that is said of it. */
export interface ScoredTexts extends Texts, TaskRow {
  /** Absent where it is to be predicted. */
  readonly score?: number | undefined;
}

/** One number for each text, or pair of texts: how similar, how good. */
export const regression: Task<ScoredTexts, number> = {
  name: 'regression',
  modelTasks: ['sequence-classification'],
  columns: [
    textColumn,
    { ...pairColumn, isRequired: false },
    { name: 'score', aliases: ['label', 'labels', 'similarity_score', 'rating'], isTarget: true },
  ],
  readRow: (row, columns) => {
    const values = new TaskValues(row, columns);
    return {
      ...readTexts(values, columns),
      ...(columns.score !== undefined && { score: values.number('score') }),
      place: row.place,
    };
  },
  // Of a model with one output Hugging Face transformers says that it is one for regression.
  labelsOf: () => ['LABEL_0'],
  on: regressionOn,
};

function regressionOn(context: TaskContext): ModelTask<ScoredTexts, number> {
  const { padTokenId, maxLength, readsCharacters } = context;
  const reader = new TextReader(context);
  return supervisedTask<ScoredTexts, LabelledSequence & EncodedText, SequenceClassifier, SequenceField, number>({
    isLabelled: ({ score }) => score !== undefined,
    examplesOf: ({ text, pair, score = 0, place }) => [{ ...reader.read(text, pair, place), label: score }],
    maxLength,
    lengthOf: ({ inputIds }) => inputIds.length,
    objective: (sequenceLength) => {
      const objective = sequenceRegression({ padTokenId, sequenceLength });
      return readsCharacters ? withCharacters(objective) : objective;
    },
    outputs: (model, { inputIds, attentionMask, tokenTypeIds }) => ({
      logits: model.forward({ inputIds, attentionMask, tokenTypeIds }).logits,
    }),
    prediction: (_, [outputs]) => outputs?.logits?.[0] ?? Number.NaN,
    metrics: (rows, predictions, key) =>
      regressionMetrics(
        predictions.map((predicted, index) => ({ predicted, actual: rows[index]?.score ?? Number.NaN })),
        key,
      ),
  });
}

interface NumberPair {
  readonly predicted: number;
  readonly actual: number;
}

function regressionMetrics(pairs: readonly NumberPair[], key: RandomKey | undefined): Metrics {
  const correlation =
    (statistic: typeof pearsonCorrelation) =>
    (some: readonly NumberPair[]): number =>
      statistic(
        some.map(({ predicted }) => predicted),
        some.map(({ actual }) => actual),
      );
  const meanSquaredError = (some: readonly NumberPair[]): number =>
    some.reduce((sum, { predicted, actual }) => sum + (predicted - actual) ** 2, 0) / some.length;
  return {
    pearson: statisticOf(pairs, correlation(pearsonCorrelation), key),
    spearman: statisticOf(pairs, correlation(spearmanCorrelation), key),
    meanSquaredError: statisticOf(pairs, meanSquaredError, key),
  };
}
