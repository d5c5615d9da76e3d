import type { FineTuningEvent, Metrics } from '@cloze/tasks';
import type { RunReport } from '../pretrain/report.ts';

/** A fine-tuning run before its first step. */
export interface TuningStart {
  readonly model: string;
  readonly family: string;
  readonly task: string;
  /** Empty where the task has none. */
  readonly labels: readonly string[];
  readonly method: string;
  readonly schedule: string;
  /** Their names, in order, with how many numbers each trains. */
  readonly phases: readonly { readonly name: string; readonly numSteps: number; readonly numTrainable: number }[];
  readonly numParameters: number;
  readonly numTrainable: number;
  readonly numTrainingRows: number;
  readonly numValidationRows: number;
  readonly dataDescription: string;
  readonly numEpochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly numSteps: number;
  readonly firstStep: number;
  readonly engine: string;
  readonly threads: number;
  readonly seed: number;
  readonly out: string;
}

/** A run after its last step. */
export interface TuningEnd {
  readonly step: number;
  readonly out: string;
  /** Of this call. */
  readonly seconds: number;
  /** Of the validation rows, with intervals; empty where there are none. */
  readonly metrics: Metrics;
  /** The command to run next. */
  readonly next: string;
}

/** Tells the world about a fine-tuning run. */
export type TuningReport = RunReport<TuningStart, FineTuningEvent, TuningEnd>;
