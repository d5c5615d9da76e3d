import * as tf from '@tensorflow/tfjs';
import {
  withParameters,
  type BatchTensors,
  type Module,
  type Objective,
  type ParameterMap,
  type RandomKey,
} from '@cloze/core';

/** What the gradients of one batch are computed from. */
export interface GradientInput<Field extends string = string> {
  /** The parameters to differentiate by. */
  readonly parameters: ParameterMap;
  /** The others. */
  readonly frozen: ParameterMap;
  readonly batch: BatchTensors<Field>;
  readonly key: RandomKey;
}

/** The loss of one batch and its derivatives. */
export interface LossAndGradients {
  /** In nats per target. */
  readonly loss: tf.Scalar;
  readonly numTargets: tf.Scalar;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
  /** By path; parameters that the loss does not depend on have none. */
  readonly gradients: ParameterMap;
}

/**
 * The loss of a batch and its gradients by the given parameters. Pure tfjs, to be compiled or called inside of `tf.tidy`.
 *
 * @param model gives the structure; its own tensors are not read.
 */
export function lossAndGradients<M extends Module, Field extends string>(
  model: M,
  objective: Pick<Objective<never, M, Field>, 'loss'>,
  { parameters, frozen, batch, key }: GradientInput<Field>,
): LossAndGradients {
  const entries = Object.entries(parameters);
  // tfjs frees everything but the loss when the forward pass ends, unless it is kept.
  const kept = new Map<string, tf.Scalar>();
  const lossOf = (): tf.Scalar => {
    const { loss, numTargets, metrics } = objective.loss(
      withParameters(model, { ...parameters, ...frozen }),
      batch,
      key,
    );
    for (const [name, scalar] of Object.entries({ ...metrics, numTargets })) kept.set(name, tf.keep(scalar));
    return loss;
  };

  try {
    // Not `tf.valueAndGrads`: that refuses parameters that the loss does not depend on.
    const { value, grads } = tf.engine().gradients(
      lossOf,
      entries.map(([, parameter]) => parameter),
    );
    const found: Record<string, tf.Tensor> = {};
    entries.forEach(([path], index) => {
      const gradient = grads[index];
      if (gradient !== undefined) found[path] = gradient;
    });
    // Copies, which belong to the caller's scope as everything else does.
    const copies = [...kept].map(([name, scalar]) => [name, tf.clone(scalar)] as const);
    const { numTargets = tf.scalar(1), ...metrics } = Object.fromEntries(copies);
    return { loss: value, numTargets, metrics, gradients: found };
  } finally {
    for (const tensor of kept.values()) tensor.dispose();
  }
}

/** The square root of the sum of the squares of all elements. */
export function globalNorm(gradients: ParameterMap): tf.Scalar {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  return tf.sqrt(tf.addN(squares)).asScalar();
}
