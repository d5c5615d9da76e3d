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
export type { BestEvaluation, BestModel, EarlyStopping } from './early-stopping.ts';
export { Evaluator } from './evaluate.ts';
export type { Evaluation, EvaluationOptions } from './evaluate.ts';
export { globalNorm, lossAndGradients } from './gradients.ts';
export type { GradientInput, LossAndGradients } from './gradients.ts';
export { checkpointDigest, listCheckpoints } from './inspect-checkpoints.ts';
export type { CheckpointDigest, CheckpointStatus } from './inspect-checkpoints.ts';
export { discriminativeRates, layerDecay } from './layer-decay.ts';
export { headOf, inGroups, layerGroups } from './layer-groups.ts';
export type { LayerGroup } from './layer-groups.ts';
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
export { withRates } from './parameter-rates.ts';
export type { RateOf } from './parameter-rates.ts';
export type { Phase, PhaseReport } from './phases.ts';
export { LOCK_FILE, lockOutput } from './output-lock.ts';
export type { OutputLock } from './output-lock.ts';
export { constant, inverseSquareRoot, slantedTriangular, warmupCosine, warmupLinear } from './schedules.ts';
export type { Schedule, SlantedTriangle, WarmupDecay } from './schedules.ts';
export { sgd } from './sgd.ts';
export type { CheckpointStore, CommittedCheckpoint, ResumePoint, RunPosition, TrainingSnapshot } from './snapshot.ts';
export { train } from './train.ts';
export type { TrainingOptions } from './train.ts';
export { trainPhases } from './train-phases.ts';
export type {
  CheckpointOptions,
  PhasedTrainingOptions,
  Training,
  TrainingEvent,
  ValidationOptions,
} from './train-phases.ts';
export { fullFineTuning } from './recipes/full-fine-tuning.ts';
export type { FullFineTuning } from './recipes/full-fine-tuning.ts';
export { frozenFeatures } from './recipes/frozen-features.ts';
export type { FrozenFeatures } from './recipes/frozen-features.ts';
export { gradualUnfreezing } from './recipes/gradual-unfreezing.ts';
export type { GradualUnfreezing } from './recipes/gradual-unfreezing.ts';
export { headFirst } from './recipes/head-first.ts';
export type { HeadFirst } from './recipes/head-first.ts';
export { lowRateWarmStart } from './recipes/low-rate-warm-start.ts';
export type { LowRateWarmStart } from './recipes/low-rate-warm-start.ts';
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
export { BEST_FILE, MODEL_FILE, OPTIMIZER_FILE, STATE_FILE } from './training-state.ts';
export type { TrainingStateFile } from './training-state.ts';
export { TrainingSession } from './training-session.ts';
export type { SessionOptions, UpdateReport, UpdateRequest } from './training-session.ts';
