import type { Module, RandomKey } from '@cloze/core';
import type { DataRow } from '@cloze/datasets';
import type { Estimate } from '@cloze/evaluation';
import type { Engine } from '@cloze/jit';
import type { Tokenizer } from '@cloze/tokenizer';
import type { PhasedTrainingOptions, Training, ValidationOptions } from '@cloze/training';
import type { ColumnNames, TaskColumn } from './task-columns.ts';

/**
 * What a model is to do with data, as a value: which columns it reads, which model of a family it needs, how rows become examples and scores become
 * predictions, and what counts.
 */
export interface Task<Row, Prediction> {
  /** As on the command line: `question-answering`. */
  readonly name: string;
  /** The names that families give the model for it; the first that a family has is taken. */
  readonly modelTasks: readonly string[];
  readonly columns: readonly TaskColumn[];
  /**
   * Reads and checks one row. What is to be predicted is absent where its column is.
   *
   * @throws {ClozeError} `DATA_INVALID` with file, line and column.
   */
  readRow(row: DataRow, columns: ColumnNames): Row;
  /** The labels that a model of these rows has, in order; empty where the task has none. @throws {ClozeError} `DATA_INVALID`. */
  labelsOf(rows: readonly Row[]): readonly string[];
  /** The task for one model. */
  on(context: TaskContext): ModelTask<Row, Prediction>;
}

/** What a task must know of a model. */
export interface TaskContext {
  /** With the special tokens of the family, see `framedTokenizer`. */
  readonly tokenizer: Tokenizer;
  readonly padTokenId: number;
  /** The longest sequence in tokens, special ones included; longer texts are cut, or read in windows. */
  readonly maxLength: number;
  readonly labels: readonly string[];
  /** Whether the model reads words by their characters. */
  readonly readsCharacters: boolean;
}

/** Metrics by name, the most telling one first. */
export type Metrics = Readonly<Record<string, Estimate>>;

/** A task for one model. */
export interface ModelTask<Row, Prediction> {
  /**
   * Makes examples of rows.
   *
   * @throws {ClozeError} `DATA_INVALID` with file and line when a row cannot be used: all that can be wrong with data is found here.
   */
  plan(rows: readonly Row[], options: PlanOptions<Row>): TaskPlan;
  /** @param model of the structure that is to predict; see {@link Predictor}. */
  predictor(model: Module, options: PredictorOptions): Predictor<Row, Prediction>;
  /** @param key for the bootstrap; without one only shares have intervals. */
  metrics(rows: readonly Row[], predictions: readonly Prediction[], key?: RandomKey): Metrics;
}

/** What examples are made with. */
export interface PlanOptions<Row> {
  readonly batchSize: number;
  /** The order of the examples in each epoch. */
  readonly key: RandomKey;
  /** Rows that are not trained on. Default: none. */
  readonly validation?: readonly Row[] | undefined;
}

/** What training needs besides data and objective. */
export type TaskRunOptions = Omit<
  PhasedTrainingOptions<Module, unknown>,
  'objective' | 'data' | 'validation' | 'batchSize'
> & {
  /** When the rows that are not trained on are looked at, and what else is measured then. Default: never. */
  readonly validation?: Omit<ValidationOptions<unknown>, 'examples' | 'batchSize'> | undefined;
};

/** Data and objective, ready to train. */
export interface TaskPlan {
  /** Of one epoch. */
  readonly numExamples: number;
  /** What the objective says of the rows that are not trained on comes with the events. */
  train(options: TaskRunOptions): Training<Module>;
}

/** How predictions are computed. */
export interface PredictorOptions {
  readonly engine: Engine;
  /** Sequences that are read at once. Default: 32. */
  readonly batchSize?: number | undefined;
}

/** Predicts again and again: what it compiles serves all calls. */
export interface Predictor<Row, Prediction> {
  /** @param model of the structure that the predictor was made for. @returns in the order of the rows. */
  predict(model: Module, rows: readonly Row[]): Promise<Prediction[]>;
  /** Frees what was compiled. */
  dispose(): void;
}
