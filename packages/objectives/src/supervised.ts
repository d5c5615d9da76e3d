import * as tf from '@tensorflow/tfjs';
import { ClozeError, type Objective, type SequenceClassifier } from '@cloze/core';
import { crossEntropy } from './cross-entropy.ts';
import { paddingMask, padRight } from './pad.ts';

/** A sequence with what is to be said of it. */
export interface LabelledSequence {
  /** Token ids with their special tokens. */
  readonly inputIds: ArrayLike<number>;
  /** The segment of each token, where the family has segments. Default: all 0. */
  readonly tokenTypeIds?: ArrayLike<number>;
  /** The class, 0 ... numLabels - 1, or a number for regression. */
  readonly label: number;
}

/** The fields of its batches, all [B, T] but `labels` [B]. */
export type SequenceField = 'inputIds' | 'attentionMask' | 'tokenTypeIds' | 'labels';

/** Settings of the supervised objectives. */
export interface SupervisedOptions {
  /** Fills rows that are shorter than the longest. Decoders find the last token by it, so it must be the model's. */
  readonly padTokenId: number;
}

/** Settings of {@link sequenceClassification}. */
export interface SequenceClassificationOptions extends SupervisedOptions {
  /** The number of classes, at least 2. */
  readonly numLabels: number;
}

/** One of several classes for each sequence, by cross entropy. The metric is `accuracy`. */
export function sequenceClassification({
  padTokenId,
  numLabels,
}: SequenceClassificationOptions): Objective<LabelledSequence, SequenceClassifier, SequenceField> {
  return {
    name: 'sequenceClassification',
    prepare: (examples) => {
      examples.forEach(({ label }, index) => {
        if (Number.isInteger(label) && label >= 0 && label < numLabels) return;
        throw invalidLabel('sequenceClassification', index, `an integer in [0, ${numLabels})`, label);
      });
      return { ...sequences(examples, padTokenId), labels: labelsOf(examples, Int32Array) };
    },
    loss: (model, { labels, ...inputs }, key) => {
      const { logits } = model.forward(inputs, { key });
      const isRight = tf.equal(tf.argMax(logits, -1), labels);
      const accuracy: tf.Scalar = tf.mean(tf.cast(isRight, 'float32'));
      return { ...crossEntropy(logits, labels), metrics: { accuracy } };
    },
  };
}

/** One number for each sequence, by mean squared error. For models with one label. */
export function sequenceRegression({
  padTokenId,
}: SupervisedOptions): Objective<LabelledSequence, SequenceClassifier, SequenceField> {
  return {
    name: 'sequenceRegression',
    prepare: (examples) => {
      examples.forEach(({ label }, index) => {
        if (!Number.isFinite(label)) throw invalidLabel('sequenceRegression', index, 'a finite number', label);
      });
      return { ...sequences(examples, padTokenId), labels: labelsOf(examples, Float32Array) };
    },
    loss: (model, { labels, ...inputs }, key) => {
      const predicted = tf.reshape(model.forward(inputs, { key }).logits, [-1]);
      const loss: tf.Scalar = tf.mean(tf.square(tf.sub(predicted, labels)));
      return { loss, numTargets: tf.scalar(labels.size), metrics: {} };
    },
  };
}

function sequences(examples: readonly LabelledSequence[], padTokenId: number) {
  const rows = examples.map(({ inputIds }) => inputIds);
  const segments = examples.map(({ inputIds, tokenTypeIds }) => tokenTypeIds ?? new Int32Array(inputIds.length));
  return {
    inputIds: padRight(rows, padTokenId),
    attentionMask: paddingMask(rows),
    tokenTypeIds: padRight(segments, 0),
  };
}

function labelsOf<A extends Int32Array | Float32Array>(
  examples: readonly LabelledSequence[],
  type: { from(values: Iterable<number>): A },
): { data: A; shape: number[] } {
  return { data: type.from(examples.map(({ label }) => label)), shape: [examples.length] };
}

function invalidLabel(objective: string, index: number, expected: string, label: number): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `${objective}: the label of example ${index} must be ${expected}, got ${label}.`,
    hint: 'Correct the data, or the number of labels.',
  });
}
