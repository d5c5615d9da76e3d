import { ClozeError, type Module, type Objective, type RandomKey } from '@cloze/core';
import { bucketLengths, lengthBuckets, listSource } from '@cloze/datasets';
import { trainPhases } from '@cloze/training';
import { BatchPredictor, type PredictorParts } from './batch-predictor.ts';
import type { TaskRow } from './task-values.ts';
import type { Metrics, ModelTask, PlanOptions, TaskPlan } from './task.ts';

/** A task whose predictions are read off the outputs of one pass. */
export interface SupervisedParts<
  Row extends TaskRow,
  Example,
  M extends Module,
  Field extends string,
  Prediction,
> extends PredictorParts<Row, Example, M, Field, Prediction> {
  /** Whether a row says what is to be predicted. */
  readonly isLabelled: (row: Row) => boolean;
  readonly objective: (sequenceLength: readonly number[]) => Objective<Example, M, Field>;
  readonly metrics: (rows: readonly Row[], predictions: readonly Prediction[], key: RandomKey | undefined) => Metrics;
}

/** How many lengths batches are padded to: each is compiled once. */
const NUM_LENGTHS = 4;
/** Examples of so many batches are sorted by length together. */
const MOST_BATCHES_IN_POOL = 50;

/** Batches, training and prediction from what is particular to a task. */
export function supervisedTask<Row extends TaskRow, Example, M extends Module, Field extends string, Prediction>(
  parts: SupervisedParts<Row, Example, M, Field, Prediction>,
): ModelTask<Row, Prediction> {
  return {
    plan: (rows, options) => planOf(parts, rows, options),
    predictor: (model, options) => new BatchPredictor(parts, model as M, options),
    metrics: (rows, predictions, key) => parts.metrics(rows, predictions, key),
  };
}

function planOf<Row extends TaskRow, Example, M extends Module, Field extends string, Prediction>(
  { examplesOf, isLabelled, lengthOf, objective }: SupervisedParts<Row, Example, M, Field, Prediction>,
  rows: readonly Row[],
  { batchSize, key, validation = [] }: PlanOptions<Row>,
): TaskPlan {
  const toExamples = (some: readonly Row[]): Example[] =>
    some.flatMap((row, index) => {
      if (!isLabelled(row)) throw unlabelled(row, index);
      return examplesOf(row, { isLabelled: true });
    });
  const examples = toExamples(rows);
  const validationExamples = toExamples(validation);
  const lengths = bucketLengths([...examples, ...validationExamples].map(lengthOf), NUM_LENGTHS);
  const numBatches = Math.max(1, Math.min(MOST_BATCHES_IN_POOL, Math.floor(examples.length / batchSize)));
  return {
    numExamples: examples.length,
    train: ({ validation: watch, ...options }) =>
      trainPhases<M, Example, Field>({
        ...options,
        // The family made it for the task, whose objective this is.
        model: options.model as M,
        objective: objective(lengths),
        data: lengthBuckets(listSource(examples, { key }), { lengthOf, batchSize, numBatches, key }),
        batchSize,
        ...(watch && validationExamples.length > 0 && { validation: { ...watch, examples: validationExamples } }),
      }),
  };
}

function unlabelled({ place }: TaskRow, index: number): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `Each row must say what is to be predicted, got none in row ${index + 1}.`,
    hint: 'Add it, or leave the row out.',
    ...place,
  });
}
