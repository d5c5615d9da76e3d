import {
  ClozeError,
  type Batch,
  type BatchArray,
  type Module,
  type Objective,
  type ParameterMap,
  type RandomKey,
} from '@cloze/core';
import type * as tf from '@tensorflow/tfjs';
import { fingerprint, type DataCursor, type ExampleSource } from '@cloze/datasets';
import { Evaluator } from './evaluate.ts';
import { checkResumable } from './resume.ts';
import type { Schedule } from './schedules.ts';
import type { CheckpointStore, CommittedCheckpoint, ResumePoint } from './snapshot.ts';
import { TrainingSession, type SessionOptions, type UpdateReport } from './training-session.ts';

/** A run. */
export interface TrainingOptions<M extends Module, Example, Field extends string = string> extends Omit<
  SessionOptions<M, Field>,
  'optimizerState' | 'objective'
> {
  readonly objective: Objective<Example, M, Field>;
  readonly data: ExampleSource<Example>;
  /** The learning rate by step. It does not know `numSteps`, so a run can be stopped early without changing it. */
  readonly schedule: Schedule;
  /** How many updates the run has in all, those before a resumption included. */
  readonly numSteps: number;
  /** Examples per micro-batch. */
  readonly batchSize: number;
  /** Micro-batches per update. Default 1. */
  readonly accumulationSteps?: number | undefined;
  /** The source of everything random: dropout and what objectives draw. */
  readonly key: RandomKey;
  readonly validation?: ValidationOptions<Example> | undefined;
  readonly checkpoints?: CheckpointOptions | undefined;
  /** Where to continue; `model` must come from the same checkpoint. */
  readonly resume?: ResumePoint | undefined;
  /** Aborting ends the run between two steps, after a last checkpoint, with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds, from any beginning; for reports only. Default: the system's monotonic clock. */
  readonly clock?: (() => number) | undefined;
}

/** When and on what the model is evaluated. */
export interface ValidationOptions<Example> {
  readonly examples: Iterable<Example>;
  /** In steps; also after the last one. */
  readonly every: number;
  /** Default: the run's. */
  readonly batchSize?: number | undefined;
}

/** When and where checkpoints are left. */
export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** In steps; also after the last one and when the run is aborted. */
  readonly every: number;
}

/** What happened in one step. */
export interface TrainingEvent {
  /** From 1. */
  readonly step: number;
  /** In nats per target, float32 exactly. */
  readonly loss: number;
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
  /** Only once it is safe on the disk. */
  readonly checkpoint?: CommittedCheckpoint;
}

/** A run under way: iterate over it once. */
export interface Training<M extends Module> extends AsyncIterable<TrainingEvent> {
  /** The model as it is now; its tensors belong to the run and are gone after the next step. */
  readonly model: M;
  /** Frees the model's parameters and everything else. */
  dispose(): void;
}

/**
 * Trains a model, one event per step. The run takes over the model's tensors.
 *
 * The run is a function of the key, the data and the settings: with the same ones it gives the same weights, bit for bit, on the same machine and engine,
 * whether or not it was interrupted and resumed.
 *
 * @example
 * const run = train({ model, objective, data, optimizer: adamw(), schedule: constant(1e-3), numSteps: 100, batchSize: 8, key, engine: 'tfjs' });
 * for await (const { step, loss } of run) console.log(step, loss);
 * @throws {ClozeError} while iterating: `NON_FINITE` when loss or gradients are not finite, with the weights still as before that step; `CANCELLED`
 *   after an abort; `CHECKPOINT_MISMATCH` when `resume` belongs to another run; and what the data, the engine and the store throw.
 */
export function train<M extends Module, Example, Field extends string>(
  options: TrainingOptions<M, Example, Field>,
): Training<M> {
  if (options.resume !== undefined) checkResumable(options, options.resume);
  const session = new TrainingSession({ ...options, optimizerState: options.resume?.optimizerState });
  const evaluator =
    options.validation &&
    new Evaluator(options.model, {
      objective: options.objective,
      engine: options.engine,
      batchSize: options.validation.batchSize ?? options.batchSize,
      key: options.key.fold('validation'),
    });
  return {
    get model() {
      return session.model;
    },
    [Symbol.asyncIterator]: () => steps(options, session, evaluator),
    dispose: () => {
      session.dispose();
      evaluator?.dispose();
    },
  };
}

async function* steps<M extends Module, Example, Field extends string>(
  options: TrainingOptions<M, Example, Field>,
  session: TrainingSession<M, Field>,
  evaluator: Evaluator<M, Example, Field> | undefined,
): AsyncGenerator<TrainingEvent, void, void> {
  const { numSteps, schedule, key, signal, validation, checkpoints, clock = () => performance.now() } = options;
  let step = options.resume?.step ?? 0;
  let cursor = options.resume?.cursor ?? options.data.start;
  let lastCheckpoint: CommittedCheckpoint | undefined;
  const save = async ({ store }: CheckpointOptions): Promise<CommittedCheckpoint> => {
    const { parameters, optimizerState } = session;
    const { name, settings } = options.optimizer;
    return store.save({
      step,
      key: [...key.toWords()],
      cursor,
      data: options.data.fingerprint,
      optimizer: { name, settings },
      parameters,
      optimizerState,
    });
  };

  while (step < numSteps) {
    if (signal?.aborted === true) {
      if (checkpoints && step > 0 && lastCheckpoint?.step !== step) lastCheckpoint = await save(checkpoints);
      throw cancelled(step, lastCheckpoint);
    }
    const begin = clock();
    const next = step + 1;
    const { batches, cursor: nextCursor } = await readBatches(options, cursor, next);
    const batchHash = hashOf(batches);
    const learningRate = schedule(next);
    const report = await session.update({ batches, step: next, learningRate, key: key.fold('step').fold(next) });
    if (!report.isUpdated) {
      throw nonFinite(next, report, { batchHash, cursor, lastCheckpoint, parameters: session.parameters });
    }
    const milliseconds = clock() - begin;
    step = next;
    cursor = nextCursor;

    const isLast = step === numSteps;
    const isDue = ({ every }: { readonly every: number }): boolean => isLast || step % every === 0;
    const evaluation =
      validation && evaluator && isDue(validation)
        ? await evaluator.evaluate(session.model, validation.examples)
        : undefined;
    if (checkpoints && isDue(checkpoints)) lastCheckpoint = await save(checkpoints);
    yield {
      step,
      loss: report.loss,
      learningRate,
      gradientNorm: report.gradientNorm,
      metrics: report.metrics,
      tokensPerSecond: (numTokens(batches) * 1000) / milliseconds,
      millisecondsPerStep: milliseconds,
      gigaflopsPerSecond: report.operations / milliseconds / 1e6,
      batchHash,
      ...(evaluation && { validationLoss: evaluation.loss, validationMetrics: evaluation.metrics }),
      ...(lastCheckpoint?.step === step && { checkpoint: lastCheckpoint }),
    };
  }
}

async function readBatches<M extends Module, Example, Field extends string>(
  { data, objective, key, batchSize, accumulationSteps = 1 }: TrainingOptions<M, Example, Field>,
  cursor: DataCursor,
  step: number,
): Promise<{ readonly batches: readonly Batch<Field>[]; readonly cursor: DataCursor }> {
  const { examples, cursor: next } = await data.read(cursor, batchSize * accumulationSteps);
  const own = key.fold('batch').fold(step);
  const batches = Array.from({ length: accumulationSteps }, (_, index) =>
    objective.prepare(examples.slice(index * batchSize, (index + 1) * batchSize), own.fold(index)),
  );
  return { batches, cursor: next };
}

function cancelled(step: number, checkpoint: CommittedCheckpoint | undefined): ClozeError {
  return new ClozeError('CANCELLED', {
    message: `The run was stopped after step ${step}.`,
    hint: checkpoint ? `Resume it from ${checkpoint.path}.` : 'It left no checkpoint; start it again.',
    file: checkpoint?.path,
    step,
  });
}

interface Circumstances {
  readonly batchHash: string;
  /** Where the batch was read. */
  readonly cursor: DataCursor;
  readonly lastCheckpoint: CommittedCheckpoint | undefined;
  readonly parameters: ParameterMap;
}

function nonFinite(
  step: number,
  { loss, gradientNorm }: UpdateReport,
  { batchHash, cursor, lastCheckpoint, parameters }: Circumstances,
): ClozeError {
  const isBroken = (tensor: tf.Tensor): boolean => !tensor.dataSync().every(Number.isFinite);
  const broken = Object.entries(parameters).find(([, tensor]) => isBroken(tensor))?.[0];
  const where =
    broken === undefined ? 'All parameters are finite' : `The first parameter that is not finite is ${broken}`;
  const last = lastCheckpoint ? `The last checkpoint is ${lastCheckpoint.path}.` : 'No checkpoint was written yet.';
  return new ClozeError('NON_FINITE', {
    message: `Step ${step}: loss and gradient norm must be finite, got ${loss} and ${gradientNorm} in batch ${batchHash}, read from ${JSON.stringify(cursor)}. ${where}, as before this step.`,
    hint: `Lower the learning rate, lengthen the warm-up, or look at that batch. ${last}`,
    step,
    tensor: broken,
    file: lastCheckpoint?.path,
  });
}

function hashOf(batches: readonly Batch[]): string {
  return fingerprint(
    ...batches.flatMap((batch) =>
      Object.entries<BatchArray>(batch).flatMap(([field, { data, shape }]) => [
        field,
        shape,
        data instanceof Float32Array ? new Int32Array(data.slice().buffer) : data,
      ]),
    ),
  );
}

function numTokens(batches: readonly Batch[]): number {
  return batches.reduce((sum, { inputIds }) => sum + (inputIds?.data.length ?? 0), 0);
}
