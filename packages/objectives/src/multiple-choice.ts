import type { Batch, ChoiceScorer, Objective } from '@cloze/core';
import { accuracyOf } from './accuracy.ts';
import { crossEntropy } from './cross-entropy.ts';
import {
  checkClass,
  invalidExample,
  sequenceBatch,
  type SequenceExample,
  type SequenceInputField,
  type SupervisedOptions,
} from './sequence-batch.ts';

/** Several answers, of which one is right. */
export interface ChoiceQuestion {
  /** Each with the question in a sequence of its own. */
  readonly choices: readonly SequenceExample[];
  /** Which one is right, from 0. */
  readonly label: number;
}

/** Settings of {@link multipleChoice}. */
export interface MultipleChoiceOptions extends SupervisedOptions {
  /** C: how many choices every question has. */
  readonly numChoices: number;
}

/** The fields of its batches, all [B, C, T] but `labels` [B]. */
export type MultipleChoiceField = SequenceInputField | 'labels';

/**
 * The right one of several answers, by cross entropy over their scores. The metric is `accuracy`.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 4.4.
 */
export function multipleChoice(
  options: MultipleChoiceOptions,
): Objective<ChoiceQuestion, ChoiceScorer, MultipleChoiceField> {
  const name = 'multipleChoice';
  const { numChoices } = options;
  return {
    name,
    prepare: (examples) => {
      examples.forEach(({ choices, label }, index) => {
        checkClass(name, label, numChoices, `the label of example ${index}`);
        if (choices.length === numChoices) return;
        throw invalidExample(name, `example ${index} must have ${numChoices} choices, got ${choices.length}`);
      });
      const sequences = sequenceBatch(
        name,
        examples.flatMap(({ choices }) => choices),
        options,
      );
      const shape = [examples.length];
      return {
        ...byQuestion(sequences, numChoices),
        labels: { data: Int32Array.from(examples, ({ label }) => label), shape },
      };
    },
    loss: (model, { labels, ...inputs }, key) => {
      const { logits } = model.forward(inputs, { key });
      const { loss, numTargets } = crossEntropy(logits, labels);
      return { loss, numTargets, metrics: { accuracy: accuracyOf(logits, labels, numTargets) } };
    },
  };
}

/** [B * C, T] -> [B, C, T]. */
function byQuestion(
  { inputIds, attentionMask, tokenTypeIds }: Batch<SequenceInputField>,
  numChoices: number,
): Batch<SequenceInputField> {
  const [numRows = 0, length = 0] = inputIds.shape;
  const shape = [numRows / numChoices, numChoices, length];
  return {
    inputIds: { ...inputIds, shape },
    attentionMask: { ...attentionMask, shape },
    tokenTypeIds: { ...tokenTypeIds, shape },
  };
}
