import type { RandomKey } from '@cloze/core';
import type { BaseModel } from './base-model.ts';
import { modelTask, type PredictOptions } from './predict.ts';
import type { Metrics, Task } from './task.ts';

/** How well a model does a task. */
export interface ModelEvaluation<Prediction> {
  readonly metrics: Metrics;
  /** In the order of the rows. */
  readonly predictions: readonly Prediction[];
}

/**
 * Measures a model on rows that say what is right: the metrics that are usual for the task, with 95% intervals.
 *
 * @param options `key`: for the bootstrap; without one only shares have intervals.
 * @throws {ClozeError} `USAGE` when the model is for another task; `DATA_INVALID` for rows that cannot be read.
 */
export async function evaluateModel<Row, Prediction>(
  model: BaseModel,
  task: Task<Row, Prediction>,
  rows: readonly Row[],
  { key, ...options }: PredictOptions & { readonly key?: RandomKey | undefined },
): Promise<ModelEvaluation<Prediction>> {
  const onModel = modelTask(model, task, options);
  const predictor = onModel.predictor(model.model, options);
  try {
    const predictions = await predictor.predict(model.model, rows);
    return { metrics: onModel.metrics(rows, predictions, key), predictions };
  } finally {
    predictor.dispose();
  }
}
