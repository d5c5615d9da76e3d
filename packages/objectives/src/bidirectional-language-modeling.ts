import * as tf from '@tensorflow/tfjs';
import { ClozeError, type BatchArray, type BidirectionalLanguageModel, type Objective } from '@cloze/core';
import { crossEntropy, IGNORED_LABEL } from './cross-entropy.ts';
import { nextLabels, previousLabels } from './neighbour-labels.ts';
import { padRight } from './pad.ts';
import { sampledCrossEntropy } from './sampled-cross-entropy.ts';

/** Settings of {@link bidirectionalLanguageModeling}. */
export interface BidirectionalLanguageModelingOptions {
  /** The characters of each word of the vocabulary, int32 [V, C]. Words are ordered by frequency, the most frequent first. */
  readonly characterTable: BatchArray;
  /** Words that each one is compared with while training; a vocabulary that is not larger is compared as a whole. Default: 8192. */
  readonly numSamples?: number;
}

/** The fields of its batches: `inputIds` [B, T], words, which are predicted, -100 = padding; `characterIds` [B, T, C], which are read, 0 = padding. */
export type BidirectionalLanguageModelingField = 'inputIds' | 'characterIds';

/**
 * Predicting each word from those before it, and each from those after it. The loss is the mean of both.
 *
 * An example is a row of word ids; each of its words is read by both directions, the last has no next and the first no previous one. Rows may differ in
 * length, and each begins anew: bilm-tf carries the state of the LSTMs from row to row (see `state` of the model). Without a key, when a model is evaluated,
 * the whole vocabulary is compared.
 *
 * @see Peters et al. 2018, "Deep contextualized word representations", section 3.1. <https://arxiv.org/abs/1802.05365>
 */
export function bidirectionalLanguageModeling({
  characterTable,
  numSamples = 8192,
}: BidirectionalLanguageModelingOptions): Objective<
  ArrayLike<number>,
  BidirectionalLanguageModel,
  BidirectionalLanguageModelingField
> {
  const [vocabSize = 0] = characterTable.shape;
  return {
    name: 'bidirectionalLanguageModeling',

    prepare: (examples) => {
      const rows = examples.map((example, index) => toRow(example, index, vocabSize));
      return { inputIds: padRight(rows, IGNORED_LABEL), characterIds: charactersOf(rows, characterTable) };
    },

    loss: (model, { inputIds, characterIds }, key) => {
      const { forwardHiddenState, backwardHiddenState } = model.encode({ inputIds: characterIds }, { key });
      // Both directions have equally many targets, so the mean over all is the mean of both.
      const stacked = tf.concat([forwardHiddenState, backwardHiddenState]);
      const hidden = tf.reshape(stacked, [-1, stacked.shape.at(-1) ?? 1]); // [2 B T, D]
      const labels = tf.reshape(tf.concat([nextLabels(inputIds), previousLabels(inputIds)]), [-1]);
      const { softmax } = model;
      const result =
        key === undefined || vocabSize <= numSamples
          ? crossEntropy(softmax.forward(hidden), labels)
          : sampledCrossEntropy({ hidden, labels, softmax, vocabSize, numSamples, key: key.fold('samples') });
      return { ...result, metrics: {} };
    },
  };
}

function toRow(example: ArrayLike<number>, index: number, vocabSize: number): Int32Array {
  const row = Int32Array.from(example);
  if (row.length < 2) {
    throw new ClozeError('DATA_INVALID', {
      message: `bidirectionalLanguageModeling: example ${index} must have at least 2 words, got ${row.length}.`,
      hint: 'Leave shorter texts out, or pack texts into blocks.',
    });
  }
  const unknown = row.find((id) => id < 0 || id >= vocabSize);
  if (unknown === undefined) return row;
  throw new ClozeError('DATA_INVALID', {
    message: `bidirectionalLanguageModeling: the words of example ${index} must be ids below ${vocabSize}, got ${unknown}.`,
    hint: 'Make the table of characters from the tokenizer that made the ids.',
  });
}

function charactersOf(rows: readonly Int32Array[], { data, shape }: BatchArray): BatchArray {
  const [, width = 0] = shape;
  const length = rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  const characters = new Int32Array(rows.length * length * width);
  rows.forEach((row, index) => {
    row.forEach((word, position) => {
      characters.set(data.subarray(word * width, (word + 1) * width), (index * length + position) * width);
    });
  });
  return { data: characters, shape: [rows.length, length, width] };
}
