import * as tf from '@tensorflow/tfjs';
import { assert, type ParameterMap } from '@cloze/core';

/** What an optimizer remembers between steps: tensors by slot (`firstMoment`), then by parameter path. */
export type OptimizerState = Readonly<Record<string, ParameterMap>>;

/** What an update is computed from. Nothing of it is changed or disposed of. */
export interface UpdateInput {
  /** By path; of the mean loss, in its units, clipped already. Parameters without a gradient are left as they are. */
  readonly gradients: ParameterMap;
  readonly parameters: ParameterMap;
  readonly state: OptimizerState;
  /** The tensors of {@link Optimizer.scalars}. */
  readonly scalars: Readonly<Record<string, tf.Scalar>>;
}

/** New values for the parameters that have a gradient, and their state. */
export interface UpdateResult {
  readonly parameters: ParameterMap;
  readonly state: OptimizerState;
}

/**
 * An optimizer as pure functions of plain tensors, so that its update can be compiled together with the gradients.
 *
 * What depends on the step number and the learning rate only is computed on the host in double precision: `1 - 0.999` in float32 is wrong in the
 * fifth digit.
 */
export interface Optimizer {
  readonly name: string;
  /** The numbers that it was made with. Saved in checkpoints; a run resumes with the same ones only. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** The state before the first step. The caller owns the tensors. */
  readonly init: (parameters: ParameterMap) => OptimizerState;
  /**
   * The numbers that enter the update as scalar tensors.
   *
   * @param step the number of this update, from 1.
   * @param learningRate what the schedule says for this step.
   */
  readonly scalars: (step: number, learningRate: number) => Readonly<Record<string, number>>;
  /** Pure tfjs; each new tensor is an elementwise expression of the old ones where the algorithm allows it. */
  readonly update: (input: UpdateInput) => UpdateResult;
}

/** Tells which parameters are decayed. */
export type DecayFilter = (path: string, parameter: tf.Tensor) => boolean;

/** Decays matrices and embeddings, but neither biases nor normalizations: the choice of GPT-2's and nanoGPT's training. */
export const decayMatrices: DecayFilter = (_, parameter) => parameter.rank >= 2;

/** What one parameter becomes, and its state by slot. */
export interface ParameterUpdate {
  readonly parameter: tf.Tensor;
  readonly state: Readonly<Record<string, tf.Tensor>>;
}

/** Updates parameters one by one: what all optimizers here share. */
export function updateEach(
  { gradients, parameters, state }: UpdateInput,
  update: (
    path: string,
    gradient: tf.Tensor,
    parameter: tf.Tensor,
    state: (slot: string) => tf.Tensor,
  ) => ParameterUpdate,
): UpdateResult {
  const newParameters: Record<string, tf.Tensor> = {};
  const newState: Record<string, Record<string, tf.Tensor>> = {};
  for (const [path, gradient] of Object.entries(gradients)) {
    const updated = update(path, gradient, tensorAt(parameters, path), (slot) => tensorAt(state[slot] ?? {}, path));
    newParameters[path] = updated.parameter;
    for (const [slot, tensor] of Object.entries(updated.state)) (newState[slot] ??= {})[path] = tensor;
  }
  return { parameters: newParameters, state: newState };
}

/** A slot that holds the same value everywhere, in the shapes of the parameters. */
export function filledSlot(parameters: ParameterMap, value: number): ParameterMap {
  return Object.fromEntries(
    Object.entries(parameters).map(([path, { shape }]) => [path, tf.fill([...shape], value, 'float32')]),
  );
}

/** One scalar of an update. */
export function scalarAt(scalars: UpdateInput['scalars'], name: string): tf.Scalar {
  const scalar = scalars[name];
  assert(scalar !== undefined, `optimizer: the scalar ${name} is missing.`);
  return scalar;
}

function tensorAt(map: ParameterMap, path: string): tf.Tensor {
  const tensor = map[path];
  assert(tensor !== undefined, `optimizer: ${path} is missing in the parameters or the state.`);
  return tensor;
}
