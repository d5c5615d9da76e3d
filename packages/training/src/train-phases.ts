import {
  parametersOf,
  type Module,
  type Objective,
  type ParameterFilter,
  type ParameterMap,
  type RandomKey,
} from '@cloze/core';
import type { ExampleSource } from '@cloze/datasets';
import { EarlyStopper, type BestEvaluation, type BestModel, type EarlyStopping } from './early-stopping.ts';
import { Evaluator, type Evaluation } from './evaluate.ts';
import { PhaseSessions } from './phase-sessions.ts';
import { placeOf, planPhases, type Phase, type PhaseReport, type PlannedPhase } from './phases.ts';
import { hashOf, numTokens, readBatches } from './read-batches.ts';
import { checkResumable } from './resume.ts';
import { cancelled, nonFinite } from './run-errors.ts';
import type { CheckpointStore, CommittedCheckpoint, ResumePoint } from './snapshot.ts';
import type { SessionOptions } from './training-session.ts';

/** A run in phases. */
export interface PhasedTrainingOptions<M extends Module, Example, Field extends string = string> extends Omit<
  SessionOptions<M, Field>,
  'optimizerState' | 'objective' | 'rateOf'
> {
  readonly objective: Objective<Example, M, Field>;
  readonly data: ExampleSource<Example>;
  /** One after the other. A resumed run has the same ones; the last may have more steps than before. */
  readonly phases: readonly Phase[];
  /** Which parameters are trained at most: a phase trains those that it selects among them. Default: all. */
  readonly trainable?: ParameterFilter | undefined;
  /** Examples per micro-batch. */
  readonly batchSize: number;
  /** Micro-batches per update. Default 1. */
  readonly accumulationSteps?: number | undefined;
  /** The source of everything random: dropout and what objectives draw. */
  readonly key: RandomKey;
  readonly validation?: ValidationOptions<Example, M> | undefined;
  readonly checkpoints?: CheckpointOptions | undefined;
  /** Where to continue; `model` must come from the same checkpoint. */
  readonly resume?: ResumePoint | undefined;
  /** Aborting ends the run between two steps, after a last checkpoint, with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds, from any beginning; for reports only. Default: the system's monotonic clock. */
  readonly clock?: (() => number) | undefined;
}

/** When and on what the model is evaluated. */
export interface ValidationOptions<Example, M extends Module = Module> {
  readonly examples: Iterable<Example>;
  /** In steps; also after the last one. */
  readonly every: number;
  /** Default: the run's. */
  readonly batchSize?: number | undefined;
  /** Measures more than the objective does: what is no mean over targets, as F1. It must not keep the model. Default: nothing. */
  readonly measure?: ((model: M) => Promise<Readonly<Record<string, number>>>) | undefined;
  /** Default: the run has all its steps, and ends with the last parameters. */
  readonly earlyStopping?: EarlyStopping | undefined;
}

/** When and where checkpoints are left. */
export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** In steps; also after the last one and when the run is aborted. */
  readonly every: number;
}

/** What happened in one step. */
export interface TrainingEvent {
  /** In the run, from 1. */
  readonly step: number;
  readonly phase: PhaseReport;
  /** In nats per target, float32 exactly. */
  readonly loss: number;
  /** Of parameters whose factor is 1. */
  readonly learningRate: number;
  /** Before clipping, float32 exactly. */
  readonly gradientNorm: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Input tokens (elements of `inputIds`) per second of this step, data preparation included, validation and checkpoints not. */
  readonly tokensPerSecond: number;
  readonly millisecondsPerStep: number;
  /** In 10^9 floating point operations of matrix products per second; 0 where the engine records nothing. */
  readonly gigaflopsPerSecond: number;
  /** Of the examples of this step: equal for equal batches. */
  readonly batchHash: string;
  /** In nats per target, over all validation examples. */
  readonly validationLoss?: number;
  readonly validationMetrics?: Readonly<Record<string, number>>;
  /** With early stopping, after an evaluation: the best one so far, which may be this. */
  readonly best?: BestEvaluation;
  /** Only once it is safe on the disk. */
  readonly checkpoint?: CommittedCheckpoint;
}

/** A run under way: iterate over it once. */
export interface Training<M extends Module> extends AsyncIterable<TrainingEvent> {
  /**
   * The model as it is now; its tensors belong to the run and are gone after the next step. After the last event of a run with early stopping, the best
   * one.
   */
  readonly model: M;
  /** What each phase trains, and when. */
  readonly phases: readonly PhaseReport[];
  /** Frees the model's parameters and everything else. */
  dispose(): void;
}

/**
 * Trains a model in phases, one event per step. The run takes over the model's tensors.
 *
 * The run is a function of the key, the data and the settings: with the same ones it gives the same weights, bit for bit, on the same machine and engine,
 * whether or not it was interrupted and resumed, within a phase or between two. Frozen parameters keep their bits and have no state in the optimizer.
 *
 * @example
 * const phases = lowRateWarmStart(model, { headSteps: 100, numSteps: 1000 });
 * const run = trainPhases({ model, phases, objective, data, optimizer: adamw(), batchSize: 8, key, engine: 'tfjs' });
 * for await (const { step, phase, loss } of run) console.log(step, phase.name, loss);
 * @throws {ConfigError} when a phase has no whole number of steps or trains nothing.
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when `resume` belongs to another run.
 * @throws {ClozeError} while iterating: `NON_FINITE` when loss or gradients are not finite, with the weights still as before that step; `CANCELLED`
 *   after an abort; and what the data, the engine and the store throw.
 */
export function trainPhases<M extends Module, Example, Field extends string>(
  options: PhasedTrainingOptions<M, Example, Field>,
): Training<M> {
  const { model, objective, engine, batchSize, key, validation, resume } = options;
  const phases = planPhases(model, options.phases, options.trainable);
  if (resume !== undefined) checkResumable({ ...options, phases }, resume);
  const stopper = validation?.earlyStopping && new EarlyStopper(validation.earlyStopping, bestOf(resume));
  const sessions = new PhaseSessions({ ...options, optimizerState: resume?.optimizerState });
  const evaluator =
    validation &&
    new Evaluator(model, {
      objective,
      engine,
      batchSize: validation.batchSize ?? batchSize,
      key: key.fold('validation'),
    });
  return {
    get model() {
      return sessions.model;
    },
    phases: phases.map(({ report }) => report),
    [Symbol.asyncIterator]: () => steps(options, { phases, sessions, evaluator, stopper }),
    dispose: () => {
      sessions.dispose();
      evaluator?.dispose();
    },
  };
}

interface Run<M extends Module, Example, Field extends string> {
  readonly phases: readonly PlannedPhase[];
  readonly sessions: PhaseSessions<M, Field>;
  readonly evaluator: Evaluator<M, Example, Field> | undefined;
  readonly stopper: EarlyStopper | undefined;
}

async function* steps<M extends Module, Example, Field extends string>(
  options: PhasedTrainingOptions<M, Example, Field>,
  run: Run<M, Example, Field>,
): AsyncGenerator<TrainingEvent, void, void> {
  const { key, signal, validation, checkpoints, clock = () => performance.now() } = options;
  const { phases, sessions, stopper } = run;
  const numSteps = phases.reduce((sum, { report }) => sum + report.numSteps, 0);
  let step = options.resume?.step ?? 0;
  let cursor = options.resume?.cursor ?? options.data.start;
  let lastCheckpoint: CommittedCheckpoint | undefined;
  const save = async ({ store }: CheckpointOptions): Promise<CommittedCheckpoint> => {
    const { parameters, optimizerState } = sessions;
    const { name, settings } = options.optimizer;
    const place = placeOf(phases, step);
    return store.save({
      step,
      phase: { name: place.phase.report.name, step: place.step },
      key: [...key.toWords()],
      cursor,
      data: options.data.fingerprint,
      optimizer: { name, settings },
      best: stopper?.best?.evaluation,
      parameters,
      optimizerState,
      bestParameters: stopper?.best?.parameters,
    });
  };

  while (step < numSteps && stopper?.isStopped() !== true) {
    if (signal?.aborted === true) {
      if (checkpoints && step > 0 && lastCheckpoint?.step !== step) lastCheckpoint = await save(checkpoints);
      throw cancelled(step, lastCheckpoint);
    }
    const begin = clock();
    const next = step + 1;
    const { phase, step: phaseStep } = placeOf(phases, next);
    const session = sessions.enter(phase, phaseStep);
    const { batches, cursor: nextCursor } = await readBatches(options, cursor, next);
    const batchHash = hashOf(batches);
    const learningRate = phase.schedule(phaseStep);
    const report = await session.update({
      batches,
      step: phaseStep,
      learningRate,
      key: key.fold('step').fold(next),
    });
    if (!report.isUpdated) {
      throw nonFinite(next, report, { batchHash, cursor, lastCheckpoint, parameters: sessions.parameters });
    }
    const milliseconds = clock() - begin;
    step = next;
    cursor = nextCursor;

    const isDue = ({ every }: { readonly every: number }): boolean => step === numSteps || step % every === 0;
    const evaluation = validation && isDue(validation) ? await evaluate(validation, run) : undefined;
    if (evaluation) stopper?.judge(step, evaluation, trainedParameters(run));
    if (checkpoints && (isDue(checkpoints) || stopper?.isStopped() === true)) lastCheckpoint = await save(checkpoints);
    yield {
      step,
      phase: phase.report,
      loss: report.loss,
      learningRate,
      gradientNorm: report.gradientNorm,
      metrics: report.metrics,
      tokensPerSecond: (numTokens(batches) * 1000) / milliseconds,
      millisecondsPerStep: milliseconds,
      gigaflopsPerSecond: report.operations / milliseconds / 1e6,
      batchHash,
      ...(evaluation && { validationLoss: evaluation.loss, validationMetrics: evaluation.metrics }),
      ...(evaluation && stopper?.best && { best: stopper.best.evaluation }),
      ...(lastCheckpoint?.step === step && { checkpoint: lastCheckpoint }),
    };
  }
  if (stopper?.best !== undefined) sessions.restore(stopper.best.parameters);
}

async function evaluate<M extends Module, Example, Field extends string>(
  { examples, measure }: ValidationOptions<Example, M>,
  { evaluator, sessions }: Run<M, Example, Field>,
): Promise<Evaluation | undefined> {
  const evaluation = await evaluator?.evaluate(sessions.model, examples);
  if (evaluation === undefined || measure === undefined) return evaluation;
  return { ...evaluation, metrics: { ...evaluation.metrics, ...(await measure(sessions.model)) } };
}

/** What any phase trains. */
function trainedParameters<M extends Module, Example, Field extends string>({
  sessions,
  phases,
}: Run<M, Example, Field>): ParameterMap {
  return parametersOf(sessions.model, (path) => phases.some(({ trainable }) => trainable(path)));
}

function bestOf(resume: ResumePoint | undefined): BestModel | undefined {
  if (resume?.best === undefined || resume.bestParameters === undefined) return undefined;
  return { evaluation: resume.best, parameters: resume.bestParameters };
}
