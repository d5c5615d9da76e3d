import { parametersOf, withParameters, type Module, type ParameterMap } from '@cloze/core';
import { jit, type Engine } from '@cloze/jit';
import { crossEntropy } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';

/** Tensors by the names of the model's inputs: `inputIds`, `attentionMask`, ... */
export type ModelInputs = Readonly<Record<string, tf.Tensor>>;

/** Everything that a model computes; the tensors belong to the caller. */
export interface ModelRun {
  readonly logits?: tf.Tensor;
  /** Where there are no logits. */
  readonly lastHiddenState?: tf.Tensor;
  readonly hiddenStates: readonly tf.Tensor[];
  /** [1], where labels are given. */
  readonly loss?: tf.Tensor;
  /** Of the loss, by our parameter paths; zero where it does not depend on a parameter. */
  readonly gradients?: ParameterMap;
}

/**
 * Runs a model without dropout.
 *
 * @param labels int32; for the loss of the task, as Hugging Face transformers computes it. Negative labels are not predicted.
 * @throws {JitError} when the engine fails.
 */
export async function runModel(
  model: Module,
  inputs: ModelInputs,
  {
    task,
    labels,
    wantsGradients,
    engine,
  }: { task: string; labels?: tf.Tensor | undefined; wantsGradients: boolean; engine: Engine },
): Promise<ModelRun> {
  const forward = (parameters: ParameterMap, given: ModelInputs): ModelOutputs =>
    outputsOf(withParameters(model, parameters), given);
  const run = jit(
    (parameters: ParameterMap, given: ModelInputs, targets: { readonly labels?: tf.Tensor }): ModelRun => {
      const outputs = forward(parameters, given);
      if (targets.labels === undefined) return outputs;
      const { labels: wanted } = targets;
      const lossOf = (): tf.Scalar => taskLoss(task, forward(parameters, given), wanted);
      const loss = tf.reshape(lossOf(), [1]);
      return wantsGradients ? { ...outputs, loss, gradients: gradientsOf(lossOf, parameters) } : { ...outputs, loss };
    },
    { engine },
  );
  try {
    return await run(parametersOf(model), inputs, labels === undefined ? {} : { labels });
  } finally {
    run.dispose();
  }
}

type ModelOutputs = Pick<ModelRun, 'logits' | 'lastHiddenState' | 'hiddenStates'>;

/** What the model returned, as far as it is for others to see. */
function outputsOf(model: Module, inputs: ModelInputs): ModelOutputs {
  const outputs: unknown = model.forward(...([inputs] as never[]));
  const { logits, lastHiddenState, hiddenStates } = outputs as Partial<ModelOutputs>;
  return {
    ...(logits === undefined ? {} : { logits }),
    ...(logits !== undefined || lastHiddenState === undefined ? {} : { lastHiddenState }),
    hiddenStates: hiddenStates ?? [],
  };
}

function taskLoss(task: string, { logits }: ModelOutputs, labels: tf.Tensor): tf.Scalar {
  if (logits === undefined) return tf.scalar(NaN);
  if (task !== 'causal-language-modeling') return crossEntropy(logits, labels).loss;
  // Position t predicts token t + 1.
  const [batchSize = 1, length = 1, vocabSize = 1] = logits.shape;
  const predictions = tf.slice(logits, [0, 0, 0], [batchSize, length - 1, vocabSize]);
  return crossEntropy(predictions, tf.slice(labels, [0, 1], [batchSize, length - 1])).loss;
}

function gradientsOf(lossOf: () => tf.Scalar, parameters: ParameterMap): ParameterMap {
  const entries = Object.entries(parameters);
  const { grads } = tf.engine().gradients(
    lossOf,
    entries.map(([, parameter]) => parameter),
  );
  return Object.fromEntries(entries.map(([path, parameter], index) => [path, grads[index] ?? tf.zerosLike(parameter)]));
}
