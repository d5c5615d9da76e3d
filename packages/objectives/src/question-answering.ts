import * as tf from '@tensorflow/tfjs';
import type { Objective, SpanPredictor } from '@cloze/core';
import { accuracyOf } from './accuracy.ts';
import { crossEntropy } from './cross-entropy.ts';
import {
  invalidExample,
  sequenceBatch,
  type SequenceExample,
  type SequenceInputField,
  type SupervisedOptions,
} from './sequence-batch.ts';

/** A question and a text in one sequence, and where the answer stands in it. */
export interface AnsweredQuestion extends SequenceExample {
  /** The first token of the answer. Where the text has none, 0: the answer is `[CLS]`. */
  readonly start: number;
  /** The last token of the answer, at or after `start`. */
  readonly end: number;
}

/** The fields of its batches, all [B, T] but the positions [B]. */
export type QuestionAnsweringField = SequenceInputField | 'startPositions' | 'endPositions';

/**
 * The first and the last token of an answer, by the mean of two cross entropies over the positions. The metrics are `startAccuracy` and `endAccuracy`.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", sections 4.2 and 4.3.
 */
export function questionAnswering(
  options: SupervisedOptions,
): Objective<AnsweredQuestion, SpanPredictor, QuestionAnsweringField> {
  const name = 'questionAnswering';
  return {
    name,
    prepare: (examples) => {
      examples.forEach(({ inputIds, start, end }, index) => {
        if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end < inputIds.length) {
          return;
        }
        throw invalidExample(
          name,
          `the answer of example ${index} must lie in its ${inputIds.length} tokens, got ${start} ... ${end}`,
        );
      });
      const shape = [examples.length];
      return {
        ...sequenceBatch(name, examples, options),
        startPositions: { data: Int32Array.from(examples, ({ start }) => start), shape },
        endPositions: { data: Int32Array.from(examples, ({ end }) => end), shape },
      };
    },
    loss: (model, { startPositions, endPositions, ...inputs }, key) => {
      const { startLogits, endLogits } = model.forward(inputs, { key });
      const start = crossEntropy(startLogits, startPositions);
      const end = crossEntropy(endLogits, endPositions);
      return {
        loss: tf.div(tf.add(start.loss, end.loss), 2),
        numTargets: start.numTargets,
        metrics: {
          startAccuracy: accuracyOf(startLogits, startPositions, start.numTargets),
          endAccuracy: accuracyOf(endLogits, endPositions, end.numTargets),
        },
      };
    },
  };
}
