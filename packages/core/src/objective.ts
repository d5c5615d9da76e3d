import * as tf from '@tensorflow/tfjs';
import type { RandomKey } from './random-key.ts';

/** One field of a batch on the host: row-major values and their shape. */
export interface BatchArray {
  readonly data: Int32Array | Float32Array;
  readonly shape: readonly number[];
}

/** A batch on the host, by the names of the model's inputs. All batches of an objective have the same fields. */
export type Batch<Field extends string = string> = Readonly<Record<Field, BatchArray>>;

/** A batch in tfjs: int32 or float32 tensors by field. */
export type BatchTensors<Field extends string = string> = Readonly<Record<Field, tf.Tensor>>;

/** What an objective's loss returns; scalars that belong to the caller. */
export interface LossResult {
  /** In nats per target, the mean over the batch's targets. This is what is differentiated. */
  readonly loss: tf.Scalar;
  /** How many targets the mean is over, float32: the weight of this batch beside others (accumulation, evaluation, data parallelism). */
  readonly numTargets: tf.Scalar;
  /** Further scalars to report, by name, for example `accuracy`. Means over the same targets. */
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

/** What to predict: the data side on typed arrays with keys, the loss side in tfjs. The same objective trains under any engine. */
export interface Objective<Example, Model, Field extends string = string> {
  /** As in the table of names: `causalLanguageModeling`. */
  readonly name: string;
  /** Builds a batch on the host. Pure: the same examples and key give the same batch. */
  readonly prepare: (examples: readonly Example[], key: RandomKey) => Batch<Field>;
  /** Pure tfjs, so that it can be differentiated and compiled. Drops out if and only if `key` is given. */
  readonly loss: (model: Model, batch: BatchTensors<Field>, key?: RandomKey) => LossResult;
}

/** Copies a batch into tfjs. The caller owns the tensors. */
export function toBatchTensors<Field extends string>(batch: Batch<Field>): BatchTensors<Field> {
  const entries = Object.entries<BatchArray>(batch).map(([field, { data, shape }]) => [
    field,
    tf.tensor(data.slice(), [...shape], data instanceof Int32Array ? 'int32' : 'float32'),
  ]);
  return Object.fromEntries(entries) as Record<Field, tf.Tensor>;
}
