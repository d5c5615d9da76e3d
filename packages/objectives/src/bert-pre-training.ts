import * as tf from '@tensorflow/tfjs';
import type { MaskedPairModel, Objective } from '@cloze/core';
import { accuracyOf } from './accuracy.ts';
import { crossEntropy } from './cross-entropy.ts';
import { frameSegments } from './framed-sequence.ts';
import { tokenMasker, type MaskingOptions } from './mask-tokens.ts';
import { maskedBatch, type MaskedLanguageModelingField } from './masked-language-modeling.ts';
import { padRight } from './pad.ts';
import type { SentencePair } from './sentence-pairs.ts';

/** The fields of its batches: those of masked language modeling, segments [B, T] and the labels of the pairs [B]. */
export type BertPreTrainingField = MaskedLanguageModelingField | 'tokenTypeIds' | 'nextSentenceLabels';

/**
 * Both tasks that BERT is pre-trained with, on the same sequences: masked tokens and next sentence (or sentence order, if the pairs are such).
 *
 * The loss is the sum of both means. Beside other batches, a batch weighs by its number of masked tokens. The metrics are `maskedLoss`,
 * `maskedAccuracy`, `nextSentenceLoss` and `nextSentenceAccuracy`.
 *
 * @throws {ConfigError} see {@link MaskingOptions}; `prepare` throws {ClozeError} `DATA_INVALID` when a pair is too long.
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 3.1 and appendix A.2.
 *   <https://arxiv.org/abs/1810.04805>
 */
export function bertPreTraining(
  options: MaskingOptions,
): Objective<SentencePair, MaskedPairModel, BertPreTrainingField> {
  const name = 'bertPreTraining';
  const { tokens, sequenceLength } = options;
  const mask = tokenMasker(options);
  return {
    name,

    prepare: (pairs, key) => {
      const framed = pairs.map(({ first, second }) => frameSegments([first, second], tokens, { name, sequenceLength }));
      const masked = framed.map(({ inputIds }, index) => mask(inputIds, key.fold(index)));
      return {
        ...maskedBatch(masked, options),
        tokenTypeIds: padRight(
          framed.map(({ tokenTypeIds }) => tokenTypeIds),
          0,
          sequenceLength,
        ),
        nextSentenceLabels: { data: Int32Array.from(pairs, ({ label }) => label), shape: [pairs.length] },
      };
    },

    loss: (model, { labels, nextSentenceLabels, ...inputs }, key) => {
      const { logits, nextSentenceLogits } = model.forward(inputs, { key });
      const masked = crossEntropy(logits, labels);
      const next = crossEntropy(nextSentenceLogits, nextSentenceLabels);
      return {
        loss: tf.add(masked.loss, next.loss),
        numTargets: masked.numTargets,
        metrics: {
          maskedLoss: masked.loss,
          maskedAccuracy: accuracyOf(logits, labels, masked.numTargets),
          nextSentenceLoss: next.loss,
          nextSentenceAccuracy: accuracyOf(nextSentenceLogits, nextSentenceLabels, next.numTargets),
        },
      };
    },
  };
}
