import * as tf from '@tensorflow/tfjs';
import { assert, isTensor, shiftRight, type TargetTokens } from '@cloze/core';
import { crossEntropy, IGNORED_LABEL } from './cross-entropy.ts';
import { nextLabels, previousLabels } from './neighbour-labels.ts';

/** Tensors by name. */
export type TensorsByName = Readonly<Record<string, tf.Tensor>>;

/** What a model returned, by name. */
type NamedValues = Readonly<Record<string, unknown>>;

/** A task as Hugging Face transformers defines it for given tensors: what files of inputs, outputs and gradients are made with. */
export interface TaskLoss {
  /** The names of its targets; all of them make a loss. */
  readonly targets: readonly string[];
  /** Whether the model is fed the targets as well, shifted to the right. */
  readonly feedsTargets?: boolean;
  /** The outputs of ours that have another name there. */
  readonly publishedNames?: Readonly<Record<string, string>>;
  /** In nats per target. */
  readonly loss: (outputs: NamedValues, targets: TensorsByName) => tf.Scalar;
}

const LABELS = ['labels'] as const;

/** The logits against the label at the same place. */
const aligned: TaskLoss = {
  targets: LABELS,
  loss: (outputs, targets) => {
    const logits = tensorOf(outputs, 'logits');
    return crossEntropy(logits, labelsOf(logits, targets)).loss;
  },
};

/** The losses of tasks by name; families name their tasks so. Tasks without labels are not here. */
export const TASK_LOSSES: Readonly<Record<string, TaskLoss>> = {
  'causal-language-modeling': {
    targets: LABELS,
    loss: (outputs, targets) => {
      const logits = tensorOf(outputs, 'logits');
      return crossEntropy(logits, nextLabels(labelsOf(logits, targets))).loss;
    },
  },
  /** The labels are the words themselves; 0.5 times the sum of both directions. */
  'bidirectional-language-modeling': {
    targets: LABELS,
    loss: (outputs, targets) => {
      const labels = tensorOf(targets, 'labels');
      const next = crossEntropy(tensorOf(outputs, 'forwardLogits'), nextLabels(labels)).loss;
      const previous = crossEntropy(tensorOf(outputs, 'backwardLogits'), previousLabels(labels)).loss;
      return tf.div(tf.add(next, previous), 2);
    },
  },
  'masked-language-modeling': aligned,
  'blank-infilling': aligned,
  'token-classification': aligned,
  'multiple-choice': aligned,
  'conditional-generation': { ...aligned, feedsTargets: true },
  'sequence-classification': {
    targets: LABELS,
    loss: (outputs, targets) => {
      const logits = tensorOf(outputs, 'logits');
      return logits.shape.at(-1) === 1
        ? tf.mean<tf.Scalar>(tf.square(tf.sub(tf.reshape(logits, [-1]), tensorOf(targets, 'labels'))))
        : crossEntropy(logits, tensorOf(targets, 'labels')).loss;
    },
  },
  'next-sentence-prediction': aligned,
  /** BERT's: masked words and next sentence. */
  'pre-training': {
    targets: ['labels', 'nextSentenceLabel'],
    publishedNames: { logits: 'prediction_logits', nextSentenceLogits: 'seq_relationship_logits' },
    loss: (outputs, targets) =>
      tf.add(
        crossEntropy(tensorOf(outputs, 'logits'), tensorOf(targets, 'labels')).loss,
        crossEntropy(tensorOf(outputs, 'nextSentenceLogits'), tensorOf(targets, 'nextSentenceLabel')).loss,
      ),
  },
  /** GPT's: the next token, and the choice between answers. */
  'double-heads': {
    targets: ['labels', 'mcLabels'],
    loss: (outputs, targets) =>
      tf.add(
        crossEntropy(tensorOf(outputs, 'logits'), nextLabels(tensorOf(targets, 'labels'))).loss,
        crossEntropy(tensorOf(outputs, 'mcLogits'), tensorOf(targets, 'mcLabels')).loss,
      ),
  },
  'question-answering': {
    targets: ['startPositions', 'endPositions'],
    loss: (outputs, targets) =>
      tf.div(
        tf.add(
          positionLoss(tensorOf(outputs, 'startLogits'), tensorOf(targets, 'startPositions')),
          positionLoss(tensorOf(outputs, 'endLogits'), tensorOf(targets, 'endPositions')),
        ),
        2,
      ),
  },
};

/**
 * The inputs of a model out of all tensors of a task: without the targets, and with the shifted targets where the model is fed them.
 *
 * @param tokens those of the model; needed where targets are fed.
 */
export function taskInputs(task: string, tensors: TensorsByName, tokens?: TargetTokens): TensorsByName {
  const { targets = [], feedsTargets = false } = TASK_LOSSES[task] ?? {};
  const inputs = Object.fromEntries(Object.entries(tensors).filter(([name]) => !targets.includes(name)));
  const { labels } = tensors;
  if (!feedsTargets || labels === undefined || tokens === undefined || 'decoderInputIds' in inputs) return inputs;
  return { ...inputs, decoderInputIds: shiftRight(labels, tokens) };
}

/** The targets of a task out of all its tensors; undefined where some are missing, or where the task has none. */
export function taskTargets(task: string, tensors: TensorsByName): TensorsByName | undefined {
  const { targets } = TASK_LOSSES[task] ?? {};
  if (targets === undefined) return undefined;
  const found = Object.entries(tensors).filter(([name]) => targets.includes(name));
  return found.length === targets.length ? Object.fromEntries(found) : undefined;
}

/** Positions outside of the sequence are not predicted. */
function positionLoss(logits: tf.Tensor, positions: tf.Tensor): tf.Scalar {
  const isInside = tf.less(positions, logits.shape.at(-1) ?? 0);
  const labels = tf.where(isInside, positions, tf.scalar(IGNORED_LABEL, 'int32'));
  return crossEntropy(logits, labels).loss;
}

/**
 * Labels [..., T] beside scores [..., N, V]: those of the last T positions. Virtual tokens may stand before a text; of a language model, the last of them
 * predicts its first token.
 */
function labelsOf(logits: tf.Tensor, targets: TensorsByName): tf.Tensor {
  const labels = tensorOf(targets, 'labels');
  const numVirtual = (logits.shape.at(-2) ?? 0) - (labels.shape.at(-1) ?? 0);
  if (labels.rank < 2 || labels.rank !== logits.rank - 1 || numVirtual === 0) return labels;
  return tf.concat([tf.fill([...labels.shape.slice(0, -1), numVirtual], IGNORED_LABEL, 'int32'), labels], -1);
}

function tensorOf(tensors: NamedValues, name: string): tf.Tensor {
  const tensor = tensors[name];
  assert(isTensor(tensor), `The loss needs the tensor ${name}; there are ${Object.keys(tensors).join(', ')}.`);
  return tensor;
}
