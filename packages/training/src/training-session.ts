import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  parametersOf,
  toBatchTensors,
  withParameters,
  type Batch,
  type BatchTensors,
  type Module,
  type ParameterFilter,
  type ParameterMap,
  type RandomKey,
} from '@cloze/core';
import { compile, type TrainingEngine } from './compile.ts';
import type { Optimizer, OptimizerState } from './optimizer.ts';
import { withRates, type RateOf } from './parameter-rates.ts';
import { createTrainStep, type StepScalars, type TrainStepOptions, type TrainingState } from './train-step.ts';

/** What a session is opened with. */
export interface SessionOptions<M extends Module, Field extends string = string> extends TrainStepOptions<M, Field> {
  readonly engine: TrainingEngine;
  /** Which parameters are trained. Default: all. */
  readonly trainable?: ParameterFilter | undefined;
  /** What the learning rate is multiplied by, for each parameter. Default: 1. */
  readonly rateOf?: RateOf | undefined;
  /** The optimizer's state to continue from, which the session takes over. Default: its first state. */
  readonly optimizerState?: OptimizerState | undefined;
}

/** One update. */
export interface UpdateRequest<Field extends string = string> {
  /** One or more micro-batches that together make one update. */
  readonly batches: readonly Batch<Field>[];
  /** The number of this update, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Each micro-batch folds its index into it. */
  readonly key: RandomKey;
}

/** What an update reports, as numbers. */
export interface UpdateReport {
  /** In nats per target, float32 exactly. */
  readonly loss: number;
  /** Before clipping, float32 exactly. */
  readonly gradientNorm: number;
  readonly numTargets: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Floating point operations of the matrix products; 0 where the engine records nothing. */
  readonly operations: number;
  /** Whether the state was changed: loss and gradient norm are finite. */
  readonly isUpdated: boolean;
}

/**
 * A model in training: owns its parameters and the optimizer's state, and replaces them at each update.
 *
 * It takes over the tensors of the model that it is given; use {@link TrainingSession.model} from then on.
 */
export class TrainingSession<M extends Module, Field extends string = string> {
  readonly #template: M;
  readonly #optimizer: Optimizer;
  readonly #frozen: ParameterMap;
  readonly #compiled: ReturnType<typeof compileSteps<M, Field>>;
  #state: TrainingState;

  constructor(options: SessionOptions<M, Field>) {
    const { model, trainable = () => true, rateOf = () => 1 } = options;
    const parameters = parametersOf(model, trainable);
    const optimizer = withRates(options.optimizer, Object.keys(parameters), rateOf);
    this.#optimizer = optimizer;
    this.#template = model;
    this.#frozen = parametersOf(model, (path) => !trainable(path));
    this.#state = { parameters, optimizer: options.optimizerState ?? optimizer.init(parameters) };
    this.#compiled = compileSteps({ ...options, optimizer });
  }

  /** The model as it is now. Its tensors belong to the session and are gone after the next update. */
  get model(): M {
    return withParameters(this.#template, this.#state.parameters);
  }

  /** All parameters by path, in the model's order. Valid until the next update. */
  get parameters(): ParameterMap {
    return parametersOf(this.model);
  }

  /** Valid until the next update. */
  get optimizerState(): OptimizerState {
    return this.#state.optimizer;
  }

  /**
   * Computes the gradients of the batches and updates the state. Where loss or gradient norm is not finite, the state stays what it was.
   */
  async update({ batches, step, learningRate, key }: UpdateRequest<Field>): Promise<UpdateReport> {
    const owned: tf.Tensor[] = [];
    try {
      const scalars = toScalars(this.#optimizer.scalars(step, learningRate));
      owned.push(...Object.values(scalars));
      const inputs = batches.map((batch, index) => {
        const tensors = toBatchTensors(batch);
        const words = tf.tensor1d(new Int32Array(key.fold(index).toWords().buffer), 'int32');
        owned.push(...Object.values<tf.Tensor>(tensors), words);
        return { tensors, words };
      });
      const { state, loss, gradientNorm, numTargets, metrics } = await this.#run(inputs, scalars);
      this.#state = state;
      owned.push(loss, gradientNorm, numTargets, ...Object.values(metrics));
      const report = { loss: numberOf(loss), gradientNorm: numberOf(gradientNorm) };
      return {
        ...report,
        numTargets: numberOf(numTargets),
        metrics: Object.fromEntries(Object.entries(metrics).map(([name, scalar]) => [name, numberOf(scalar)])),
        operations: this.#operations(batches.length),
        isUpdated: Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm),
      };
    } finally {
      tf.dispose(owned);
    }
  }

  /** Frees the parameters, the optimizer's state and what was compiled. */
  dispose(): void {
    disposeModule(this.release());
  }

  /** Frees the optimizer's state and what was compiled, and gives the model back. The session is over. */
  release(): M {
    tf.dispose(Object.values(this.#state.optimizer).flatMap((slot) => Object.values(slot)));
    for (const compiled of Object.values(this.#compiled)) compiled.dispose();
    return this.model;
  }

  #operations(numBatches: number): number {
    const { step, begin, accumulate } = this.#compiled;
    if (numBatches === 1) return step.operationsPerCall();
    return begin.operationsPerCall() + (numBatches - 1) * accumulate.operationsPerCall();
  }

  async #run(
    inputs: readonly { readonly tensors: BatchTensors<Field>; readonly words: tf.Tensor }[],
    scalars: StepScalars,
  ): ReturnType<ReturnType<typeof compileSteps<M, Field>>['step']> {
    const [first, ...others] = inputs;
    if (first === undefined) throw new RangeError('TrainingSession: an update needs at least one batch.');
    const { step, begin, accumulate, apply } = this.#compiled;
    if (others.length === 0) return step(this.#state, this.#frozen, first.tensors, scalars, first.words);
    const { parameters } = this.#state;
    let sums = await begin(parameters, this.#frozen, first.tensors, first.words);
    for (const { tensors, words } of others) {
      sums = await accumulate(sums, parameters, this.#frozen, tensors, words);
    }
    return apply(this.#state, sums, scalars);
  }
}

function compileSteps<M extends Module, Field extends string>(options: SessionOptions<M, Field>) {
  const { engine } = options;
  const { step, begin, accumulate, apply } = createTrainStep(options);
  return {
    step: compile(step, { engine, donate: [0] }),
    begin: compile(begin, { engine }),
    accumulate: compile(accumulate, { engine, donate: [0] }),
    apply: compile(apply, { engine, donate: [0, 1] }),
  };
}

function toScalars(numbers: Readonly<Record<string, number>>): StepScalars {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value, 'float32')]));
}

function numberOf(scalar: tf.Scalar): number {
  return scalar.dataSync()[0] ?? Number.NaN;
}
