/**
 * Optimizers, schedules, the compiled training step, the train loop, and checkpoints from which a run resumes bit for bit.
 *
 * @module
 */
export { adafactor } from './adafactor.ts';
export type { AdafactorSettings } from './adafactor.ts';
export { adagrad } from './adagrad.ts';
export type { AdagradSettings } from './adagrad.ts';
export { adamUncorrected, adamw } from './adamw.ts';
export type { AdamSettings } from './adamw.ts';
export { CheckpointFolder, checkpointNames } from './checkpoint-folder.ts';
export type { StoreOptions } from './checkpoint-folder.ts';
export { compile } from './compile.ts';
export type { TrainingEngine } from './compile.ts';
export { DurableFiles } from './durable-files.ts';
export type { FileDigest, FileSystem } from './durable-files.ts';
export { Evaluator } from './evaluate.ts';
export type { Evaluation, EvaluationOptions } from './evaluate.ts';
export { globalNorm, lossAndGradients } from './gradients.ts';
export type { GradientInput, LossAndGradients } from './gradients.ts';
export { checkpointDigest, listCheckpoints } from './inspect-checkpoints.ts';
export type { CheckpointDigest, CheckpointStatus } from './inspect-checkpoints.ts';
export { loadCheckpoint, verifyCheckpoint } from './load-checkpoint.ts';
export type { LoadedCheckpoint } from './load-checkpoint.ts';
export { decayMatrices } from './optimizer.ts';
export type {
  DecayFilter,
  Optimizer,
  OptimizerState,
  ParameterUpdate,
  UpdateInput,
  UpdateResult,
} from './optimizer.ts';
export { LOCK_FILE, lockOutput } from './output-lock.ts';
export type { OutputLock } from './output-lock.ts';
export { constant, inverseSquareRoot, warmupCosine, warmupLinear } from './schedules.ts';
export type { Schedule, WarmupDecay } from './schedules.ts';
export { sgd } from './sgd.ts';
export type { CheckpointStore, CommittedCheckpoint, ResumePoint, RunPosition, TrainingSnapshot } from './snapshot.ts';
export { train } from './train.ts';
export type { CheckpointOptions, Training, TrainingEvent, TrainingOptions, ValidationOptions } from './train.ts';
export { createTrainStep } from './train-step.ts';
export type {
  AccumulatedGradients,
  StepReport,
  StepResult,
  StepScalars,
  TrainingState,
  TrainStep,
  TrainStepOptions,
} from './train-step.ts';
export { MODEL_FILE, OPTIMIZER_FILE, STATE_FILE } from './training-state.ts';
export type { TrainingStateFile } from './training-state.ts';
export { TrainingSession } from './training-session.ts';
export type { SessionOptions, UpdateReport, UpdateRequest } from './training-session.ts';
