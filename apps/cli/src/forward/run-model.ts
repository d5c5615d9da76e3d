import {
  isTensor,
  parametersOf,
  withParameters,
  type Module,
  type ParameterFilter,
  type ParameterMap,
  type TargetTokens,
} from '@cloze/core';
import { jit, type Engine } from '@cloze/jit';
import { TASK_LOSSES, taskInputs, taskTargets, type TensorsByName } from '@cloze/objectives';
import { withVirtualOutputs } from '@cloze/peft';
import * as tf from '@tensorflow/tfjs';
import { toSnakeCase } from './tensor-names.ts';

/** Everything that a model computes; the tensors belong to the caller. */
export interface ModelRun {
  /** By published names: `logits`, `hidden_states.0`, ... */
  readonly outputs: TensorsByName;
  /** [1], where the task's targets are given. */
  readonly loss?: tf.Tensor;
  /** Of the loss, by the paths of the parameters that are asked for; zero where it does not depend on one. */
  readonly gradients?: ParameterMap;
}

/** What to run a model for. */
export interface RunModelOptions {
  readonly task: string;
  /** By which parameters the loss is differentiated; undefined: by none. */
  readonly differentiated: ParameterFilter | undefined;
  readonly engine: Engine;
}

/**
 * Runs a model without dropout.
 *
 * @param tensors inputs and targets of the task by our names. The loss is that of Hugging Face transformers; there is one if all targets are there.
 * @throws {JitError} when the engine fails.
 */
export async function runModel(
  model: Module,
  tensors: TensorsByName,
  { task, differentiated, engine }: RunModelOptions,
): Promise<ModelRun> {
  const inputs = taskInputs(task, tensors, isTargetModel(model) ? model : undefined);
  const forward = (parameters: ParameterMap, given: TensorsByName): Outputs =>
    withVirtualOutputs(withParameters(model, parameters).forward(...([given] as never[])) as Outputs);
  const run = jit(
    (parameters: ParameterMap, given: TensorsByName, targets: TensorsByName): ModelRun => {
      const outputs = publishedOutputs(task, forward(parameters, given));
      const lossOf = TASK_LOSSES[task]?.loss;
      if (lossOf === undefined || Object.keys(targets).length === 0) return { outputs };
      const scalarLoss = (): tf.Scalar => lossOf(forward(parameters, given), targets);
      const loss = tf.reshape(scalarLoss(), [1]);
      if (differentiated === undefined) return { outputs, loss };
      const chosen = Object.entries(parameters).filter(([path]) => differentiated(path));
      return { outputs, loss, gradients: gradientsOf(scalarLoss, Object.fromEntries(chosen)) };
    },
    { engine },
  );
  try {
    return await run(parametersOf(model), inputs, taskTargets(task, tensors) ?? {});
  } finally {
    run.dispose();
  }
}

type Outputs = Readonly<Record<string, unknown>>;

/** The tensors and lists of tensors that a model returned, by published names; caches are not for others to see, and attention has not been asked for. */
function publishedOutputs(task: string, outputs: Outputs): Record<string, tf.Tensor> {
  const names = TASK_LOSSES[task]?.publishedNames ?? {};
  const asked = Object.entries(outputs).filter(([name]) => name !== 'attentions');
  const named = asked.flatMap(([name, value]): [string, unknown][] => {
    const published = names[name] ?? toSnakeCase(name);
    return Array.isArray(value) ? value.map((item, index) => [`${published}.${index}`, item]) : [[published, value]];
  });
  const hasLogits = named.some(([name]) => name.endsWith('logits'));
  return Object.fromEntries(
    named
      .filter((entry): entry is [string, tf.Tensor] => isTensor(entry[1]))
      // What a head was computed from is no output of its own in Hugging Face transformers.
      .filter(([name]) => !(hasLogits && name === 'last_hidden_state')),
  );
}

function gradientsOf(lossOf: () => tf.Scalar, parameters: ParameterMap): ParameterMap {
  const entries = Object.entries(parameters);
  const { grads } = tf.engine().gradients(
    lossOf,
    entries.map(([, parameter]) => parameter),
  );
  return Object.fromEntries(entries.map(([path, parameter], index) => [path, grads[index] ?? tf.zerosLike(parameter)]));
}

function isTargetModel(model: object): model is TargetTokens {
  return 'decoderStartTokenId' in model && 'padTokenId' in model;
}
