import type { Objective, TokenClassifier } from '@cloze/core';
import { classLoss, type ClassLossOptions } from './class-loss.ts';
import { IGNORED_LABEL } from './cross-entropy.ts';
import { padRight } from './pad.ts';
import {
  checkClass,
  invalidExample,
  sequenceBatch,
  type SequenceExample,
  type SequenceInputField,
  type SupervisedOptions,
} from './sequence-batch.ts';

/** A sequence with what is to be said of its tokens. */
export interface LabelledTokens extends SequenceExample {
  /** The class of each token, 0 ... numLabels - 1, or negative where nothing is to be said: special tokens, and all pieces of a word but the first. */
  readonly labels: ArrayLike<number>;
}

/** Settings of {@link tokenClassification}. */
export interface TokenClassificationOptions extends SupervisedOptions, ClassLossOptions {
  /** The number of classes, at least 2. */
  readonly numLabels: number;
}

/** The fields of its batches, all [B, T]. */
export type TokenClassificationField = SequenceInputField | 'labels';

/**
 * One of several classes for each token, by cross entropy, the mean over labelled tokens. The metric is `accuracy`.
 *
 * @throws {ConfigError} see {@link classLoss}.
 */
export function tokenClassification(
  options: TokenClassificationOptions,
): Objective<LabelledTokens, TokenClassifier, TokenClassificationField> {
  const name = 'tokenClassification';
  const lossOf = classLoss(name, options.numLabels, options);
  return {
    name,
    prepare: (examples) => {
      examples.forEach((example, index) => {
        checkLabels(name, example, options.numLabels, index);
      });
      const labels = examples.map((example) => Int32Array.from(example.labels));
      const inputs = sequenceBatch(name, examples, options);
      return { ...inputs, labels: padRight(labels, IGNORED_LABEL, inputs.inputIds.shape[1]) };
    },
    loss: (model, { labels, ...inputs }, key) => lossOf(model.forward(inputs, { key }).logits, labels),
  };
}

function checkLabels(name: string, { inputIds, labels }: LabelledTokens, numLabels: number, index: number): void {
  if (labels.length !== inputIds.length) {
    throw invalidExample(
      name,
      `example ${index} must have ${inputIds.length} labels, one per token, got ${labels.length}`,
    );
  }
  for (const [token, label] of Array.from(labels).entries()) {
    if (!(label < 0)) checkClass(name, label, numLabels, `the label of token ${token} of example ${index}`);
  }
}
