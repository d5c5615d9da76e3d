import * as tf from '@tensorflow/tfjs';
import { RandomKey, type BatchTensors, type Module, type Objective, type ParameterMap } from '@cloze/core';
import { globalNorm, lossAndGradients } from './gradients.ts';
import type { Optimizer, OptimizerState } from './optimizer.ts';

/** Everything that a training step changes. */
export interface TrainingState {
  /** The trainable parameters by path. */
  readonly parameters: ParameterMap;
  readonly optimizer: OptimizerState;
}

/** The scalars of one step: the optimizer's, as tensors. */
export type StepScalars = Readonly<Record<string, tf.Scalar>>;

/** What a step reports. */
export interface StepReport {
  /** In nats per target. */
  readonly loss: tf.Scalar;
  /** Before clipping. */
  readonly gradientNorm: tf.Scalar;
  readonly numTargets: tf.Scalar;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

/** What a step returns. */
export interface StepResult extends StepReport {
  /** The new state; the old one, bit for bit, where the loss or the gradient norm is not finite. */
  readonly state: TrainingState;
}

/** Sums over the micro-batches of one update. */
export interface AccumulatedGradients {
  /** Gradients weighted by numbers of targets. */
  readonly gradients: ParameterMap;
  /** Losses weighted by numbers of targets. */
  readonly loss: tf.Scalar;
  readonly numTargets: tf.Scalar;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

/** What a training step is made of. */
export interface TrainStepOptions<M extends Module, Field extends string = string> {
  /** Gives the structure; its own tensors are not read. */
  readonly model: M;
  readonly objective: Pick<Objective<never, M, Field>, 'loss'>;
  readonly optimizer: Optimizer;
  /** The largest global norm of the gradients. Default: they are not clipped. */
  readonly clipNorm?: number | undefined;
}

/** A training step as pure functions of tensors: call them inside of `tf.tidy`, or compile them. */
export interface TrainStep<Field extends string = string> {
  /**
   * One update from one batch.
   *
   * @param keyWords [2] int32, see `RandomKey.fromTensor`.
   */
  readonly step: (
    state: TrainingState,
    frozen: ParameterMap,
    batch: BatchTensors<Field>,
    scalars: StepScalars,
    keyWords: tf.Tensor,
  ) => StepResult;
  /** The first of several micro-batches. */
  readonly begin: (
    parameters: ParameterMap,
    frozen: ParameterMap,
    batch: BatchTensors<Field>,
    keyWords: tf.Tensor,
  ) => AccumulatedGradients;
  /** Adds another micro-batch. */
  readonly accumulate: (
    sums: AccumulatedGradients,
    parameters: ParameterMap,
    frozen: ParameterMap,
    batch: BatchTensors<Field>,
    keyWords: tf.Tensor,
  ) => AccumulatedGradients;
  /** The update from all micro-batches: the same as from one batch that holds all their targets. */
  readonly apply: (state: TrainingState, sums: AccumulatedGradients, scalars: StepScalars) => StepResult;
}

/**
 * Builds the training step of a model: forward, backward, clipping by global norm, update.
 *
 * A step whose loss or gradient norm is not finite returns the state that it was given, so that the last good state survives even where the state's
 * memory is given away to the result.
 */
export function createTrainStep<M extends Module, Field extends string>({
  model,
  objective,
  optimizer,
  clipNorm,
}: TrainStepOptions<M, Field>): TrainStep<Field> {
  const sumsOf = (
    parameters: ParameterMap,
    frozen: ParameterMap,
    batch: BatchTensors<Field>,
    keyWords: tf.Tensor,
  ): AccumulatedGradients => {
    const key = RandomKey.fromTensor(keyWords);
    const { loss, numTargets, metrics, gradients } = lossAndGradients(model, objective, {
      parameters,
      frozen,
      batch,
      key,
    });
    const weigh = <T extends tf.Tensor>(tensor: T): T => tf.mul(tensor, numTargets);
    return {
      gradients: mapValues(gradients, weigh),
      loss: weigh(loss),
      numTargets,
      metrics: mapValues(metrics, weigh),
    };
  };

  return {
    step: (state, frozen, batch, scalars, keyWords) => {
      const { parameters } = state;
      const key = RandomKey.fromTensor(keyWords);
      const { gradients, ...report } = lossAndGradients(model, objective, { parameters, frozen, batch, key });
      return update({ optimizer, clipNorm, state, gradients, report, scalars });
    },
    begin: sumsOf,
    accumulate: (sums, parameters, frozen, batch, keyWords) => {
      const more = sumsOf(parameters, frozen, batch, keyWords);
      return {
        gradients: addMaps(sums.gradients, more.gradients),
        loss: tf.add(sums.loss, more.loss),
        numTargets: tf.add(sums.numTargets, more.numTargets),
        metrics: addMaps(sums.metrics, more.metrics),
      };
    },
    apply: (state, sums, scalars) => {
      const { numTargets } = sums;
      const mean = <T extends tf.Tensor>(tensor: T): T => tf.div(tensor, numTargets);
      const report = {
        loss: mean(sums.loss),
        numTargets: tf.clone(numTargets),
        metrics: mapValues(sums.metrics, mean),
      };
      return update({ optimizer, clipNorm, state, gradients: mapValues(sums.gradients, mean), report, scalars });
    },
  };
}

interface Update {
  readonly optimizer: Optimizer;
  readonly clipNorm: number | undefined;
  readonly state: TrainingState;
  readonly gradients: ParameterMap;
  readonly report: Omit<StepReport, 'gradientNorm'>;
  readonly scalars: StepScalars;
}

function update({ optimizer, clipNorm, state, gradients, report, scalars }: Update): StepResult {
  const gradientNorm = globalNorm(gradients);
  const updated = optimizer.update({
    gradients: clipNorm === undefined ? gradients : clip(gradients, gradientNorm, clipNorm),
    parameters: state.parameters,
    state: state.optimizer,
    scalars,
  });
  const isFinite = tf.logicalAnd(tf.isFinite(report.loss), tf.isFinite(gradientNorm));
  const choose = (old: ParameterMap, changed: ParameterMap = {}): ParameterMap =>
    mapValues(old, (tensor, path) => {
      const change = changed[path];
      return change === undefined ? tf.clone(tensor) : tf.where(isFinite, change, tensor);
    });
  return {
    ...report,
    gradientNorm,
    state: {
      parameters: choose(state.parameters, updated.parameters),
      optimizer: Object.fromEntries(
        Object.entries(state.optimizer).map(([slot, tensors]) => [slot, choose(tensors, updated.state[slot])]),
      ),
    },
  };
}

/** As PyTorch's `clip_grad_norm_`: scaled by `limit / (norm + 1e-6)` where that is below 1. */
function clip(gradients: ParameterMap, norm: tf.Scalar, limit: number): ParameterMap {
  const scale = tf.minimum(tf.div(limit, tf.add(norm, 1e-6)), 1);
  return mapValues(gradients, (gradient) => tf.mul(gradient, scale));
}

function addMaps<T extends tf.Tensor>(
  sums: Readonly<Record<string, T>>,
  more: Readonly<Record<string, T>>,
): Record<string, T> {
  return mapValues(sums, (sum, name) => {
    const other = more[name];
    return other === undefined ? sum : tf.add(sum, other);
  });
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]));
}
