import * as tf from '@tensorflow/tfjs';
import { withParameters, type ForwardOptions, type ParameterMap } from '@cloze/core';
import type { TensorsByName } from '@cloze/objectives';
import { lossOf, type FixtureModel } from './fixture.ts';

/** What the loss of a task is computed from. */
export interface TaskExample extends ForwardOptions {
  readonly task: string;
  readonly inputs: TensorsByName;
  readonly targets: TensorsByName;
}

/** The loss of a task and its gradients by the given parameters; the others are the model's. Pure, so it can be compiled. */
export function lossAndGradients(
  model: FixtureModel,
  parameters: ParameterMap,
  { task, inputs, targets, key }: TaskExample,
): { readonly loss: tf.Scalar; readonly gradients: ParameterMap } {
  const paths = Object.keys(parameters);
  const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
    const given = Object.fromEntries(paths.map((path, index) => [path, values[index] as tf.Tensor]));
    return lossOf(task, withParameters(model, given).forward(inputs, { key }), targets);
  })(Object.values(parameters));
  return { loss: value, gradients: Object.fromEntries(paths.map((path, index) => [path, grads[index] as tf.Tensor])) };
}
