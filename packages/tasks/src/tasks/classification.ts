import type { SequenceClassifier } from '@cloze/core';
import { sequenceClassification, type LabelledSequence, type SequenceField } from '@cloze/objectives';
import { withCharacters } from '../character-inputs.ts';
import { classMetrics } from '../class-metrics.ts';
import { classificationOf, type Classification } from '../class-probabilities.ts';
import { TextReader, type EncodedText } from '../encoded-text.ts';
import { labelId, labelSet } from '../labels.ts';
import { supervisedTask } from '../supervised-task.ts';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type { ModelTask, Task, TaskContext } from '../task.ts';
import { pairColumn, readTexts, textColumn, type Texts } from '../text-columns.ts';

/** A text, or two, and its class. */
export interface ClassifiedText extends Texts, TaskRow {
  /** Absent where it is to be predicted. */
  readonly label?: string | undefined;
}

/** One class for each text, or pair of texts. */
export const classification: Task<ClassifiedText, Classification> = classificationTask('classification', {
  needsPair: false,
});

/** One class for each pair of texts: does one follow from the other, do they mean the same, does one answer the other. */
export const pairClassification: Task<ClassifiedText, Classification> = classificationTask('pair', {
  needsPair: true,
});

function classificationTask(
  name: string,
  { needsPair }: { readonly needsPair: boolean },
): Task<ClassifiedText, Classification> {
  return {
    name,
    modelTasks: ['sequence-classification'],
    columns: [
      textColumn,
      { ...pairColumn, isRequired: needsPair },
      { name: 'label', aliases: ['labels', 'class', 'category', 'gold_label'], isTarget: true },
    ],
    readRow: (row, columns) => {
      const values = new TaskValues(row, columns);
      return {
        ...readTexts(values, columns),
        ...(columns.label !== undefined && { label: values.label('label') }),
        place: row.place,
        labelColumn: columns.label,
      };
    },
    labelsOf: (rows) => labelSet(rows.flatMap(({ label }) => label ?? [])),
    on: classificationOn,
  };
}

function classificationOn(context: TaskContext): ModelTask<ClassifiedText, Classification> {
  const { labels, padTokenId, maxLength, readsCharacters } = context;
  const reader = new TextReader(context);
  return supervisedTask<
    ClassifiedText,
    LabelledSequence & EncodedText,
    SequenceClassifier,
    SequenceField,
    Classification
  >({
    isLabelled: ({ label }) => label !== undefined,
    examplesOf: (row, { isLabelled }) => [
      {
        ...reader.read(row.text, row.pair, row.place),
        label: isLabelled ? labelId(labels, row.label ?? '', row) : 0,
      },
    ],
    maxLength,
    lengthOf: ({ inputIds }) => inputIds.length,
    objective: (sequenceLength) => {
      const objective = sequenceClassification({ numLabels: labels.length, padTokenId, sequenceLength });
      return readsCharacters ? withCharacters(objective) : objective;
    },
    outputs: (model, { inputIds, attentionMask, tokenTypeIds }) => ({
      logits: model.forward({ inputIds, attentionMask, tokenTypeIds }).logits,
    }),
    prediction: (_, [outputs]) => classificationOf(outputs?.logits ?? [], labels),
    metrics: (rows, predictions, key) =>
      classMetrics(
        predictions.map(({ label }, index) => ({ predicted: label, actual: rows[index]?.label ?? '' })),
        key,
      ),
  });
}
