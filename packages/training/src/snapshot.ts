import type { ParameterMap } from '@cloze/core';
import type { DataCursor } from '@cloze/datasets';
import type { BestEvaluation, BestModel } from './early-stopping.ts';
import type { OptimizerState } from './optimizer.ts';

/** Where a run stands between two steps, apart from its tensors: what is a function of the seed, the data and the settings. */
export interface RunPosition {
  /** How many updates were done. */
  readonly step: number;
  /** The phase that the last update belongs to, and its number there. */
  readonly phase: { readonly name: string; readonly step: number };
  /** The words of the run's key. */
  readonly key: readonly number[];
  /** Where the next batch begins. */
  readonly cursor: DataCursor;
  /** See `ExampleSource.fingerprint`. */
  readonly data: string;
  readonly optimizer: { readonly name: string; readonly settings: Readonly<Record<string, number | boolean>> };
  /** The best evaluation so far, of a run that may be stopped early. */
  readonly best?: BestEvaluation | undefined;
}

/** A run between two steps: what a checkpoint is made of. The tensors belong to the run. */
export interface TrainingSnapshot extends RunPosition {
  /** All parameters of the model, frozen ones included. */
  readonly parameters: ParameterMap;
  readonly optimizerState: OptimizerState;
  /** Those of the best evaluation. */
  readonly bestParameters?: BestModel['parameters'] | undefined;
}

/** What a run resumes from, beside the model that was built from the same checkpoint. */
export interface ResumePoint extends RunPosition {
  /** Copied out of the checkpoint; the run takes it over. */
  readonly optimizerState: OptimizerState;
  readonly bestParameters?: BestModel['parameters'] | undefined;
}

/** A checkpoint that is complete on the disk. */
export interface CommittedCheckpoint {
  /** The folder. */
  readonly path: string;
  readonly step: number;
}

/** Where a run leaves its checkpoints: `CheckpointFolder`, or anything else that keeps what it promises. */
export interface CheckpointStore {
  /**
   * Resolves when the checkpoint would survive a crash.
   *
   * @throws {ClozeError} `NON_FINITE` when a parameter is not finite; `IO` when it could not be written. Then earlier checkpoints are as they were.
   */
  save(snapshot: TrainingSnapshot): Promise<CommittedCheckpoint>;
}
