import * as tf from '@tensorflow/tfjs';
import type { Objective, SequenceClassifier } from '@cloze/core';
import { classLoss, type ClassLossOptions } from './class-loss.ts';
import {
  checkClass,
  invalidExample,
  sequenceBatch,
  type SequenceExample,
  type SequenceInputField,
  type SupervisedOptions,
} from './sequence-batch.ts';

/** A sequence with what is to be said of it. */
export interface LabelledSequence extends SequenceExample {
  /** The class, 0 ... numLabels - 1, or a number for regression. */
  readonly label: number;
}

/** The fields of its batches, all [B, T] but `labels` [B]. */
export type SequenceField = SequenceInputField | 'labels';

/** Settings of {@link sequenceClassification}. */
export interface SequenceClassificationOptions extends SupervisedOptions, ClassLossOptions {
  /** The number of classes, at least 2. */
  readonly numLabels: number;
}

/**
 * One of several classes for each sequence, by cross entropy. The metric is `accuracy`.
 *
 * @throws {ConfigError} see {@link classLoss}.
 */
export function sequenceClassification(
  options: SequenceClassificationOptions,
): Objective<LabelledSequence, SequenceClassifier, SequenceField> {
  const name = 'sequenceClassification';
  const lossOf = classLoss(name, options.numLabels, options);
  return {
    name,
    prepare: (examples) => {
      examples.forEach(({ label }, index) => {
        checkClass(name, label, options.numLabels, `the label of example ${index}`);
      });
      return { ...sequenceBatch(name, examples, options), labels: labelsOf(examples, Int32Array) };
    },
    loss: (model, { labels, ...inputs }, key) => lossOf(model.forward(inputs, { key }).logits, labels),
  };
}

/** One number for each sequence, by mean squared error. For models with one label. */
export function sequenceRegression(
  options: SupervisedOptions,
): Objective<LabelledSequence, SequenceClassifier, SequenceField> {
  const name = 'sequenceRegression';
  return {
    name,
    prepare: (examples) => {
      examples.forEach(({ label }, index) => {
        if (Number.isFinite(label)) return;
        throw invalidExample(name, `the label of example ${index} must be a finite number, got ${label}`);
      });
      return { ...sequenceBatch(name, examples, options), labels: labelsOf(examples, Float32Array) };
    },
    loss: (model, { labels, ...inputs }, key) => {
      const predicted = tf.reshape(model.forward(inputs, { key }).logits, [-1]);
      const loss: tf.Scalar = tf.mean(tf.square(tf.sub(predicted, labels)));
      return { loss, numTargets: tf.scalar(labels.size), metrics: {} };
    },
  };
}

function labelsOf<A extends Int32Array | Float32Array>(
  examples: readonly LabelledSequence[],
  type: { from(values: Iterable<number>): A },
): { data: A; shape: number[] } {
  return { data: type.from(examples.map(({ label }) => label)), shape: [examples.length] };
}
