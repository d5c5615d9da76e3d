import type { Batch, MaskedLanguageModel, Objective } from '@cloze/core';
import { accuracyOf } from './accuracy.ts';
import { crossEntropy, IGNORED_LABEL } from './cross-entropy.ts';
import { frameSegments } from './framed-sequence.ts';
import { maskingSizes, tokenMasker, type MaskedSequence, type MaskingOptions } from './mask-tokens.ts';
import { paddingMask, padRight } from './pad.ts';

/** The fields of its batches: ids and mask [B, T]; positions and labels [B, P], filled up with position 0 without a label. */
export type MaskedLanguageModelingField = 'inputIds' | 'attentionMask' | 'predictionPositions' | 'labels';

/**
 * Completing texts from both sides: some tokens are masked, and predicted from all others.
 *
 * An example is a row of at most `sequenceLength - 2` token ids; `[CLS]` and `[SEP]` are put around it. All batches have the same shapes for the same
 * number of examples. The metric is `accuracy`.
 *
 * @throws {ConfigError} see {@link MaskingOptions}; `prepare` throws {ClozeError} `DATA_INVALID` when an example is empty or too long.
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 3.1, task 1.
 *   <https://arxiv.org/abs/1810.04805>
 */
export function maskedLanguageModeling(
  options: MaskingOptions,
): Objective<ArrayLike<number>, MaskedLanguageModel, MaskedLanguageModelingField> {
  const name = 'maskedLanguageModeling';
  const { tokens, sequenceLength } = options;
  const mask = tokenMasker(options);
  return {
    name,

    prepare: (examples, key) => {
      const framed = examples.map((example) => frameSegments([example], tokens, { name, sequenceLength }));
      return maskedBatch(
        framed.map(({ inputIds }, index) => mask(inputIds, key.fold(index))),
        options,
      );
    },

    loss: (model, { labels, ...inputs }, key) => {
      const { logits } = model.forward(inputs, { key });
      const { loss, numTargets } = crossEntropy(logits, labels);
      return { loss, numTargets, metrics: { accuracy: accuracyOf(logits, labels, numTargets) } };
    },
  };
}

/** Masked sequences as a batch of fixed shapes. */
export function maskedBatch(
  sequences: readonly MaskedSequence[],
  options: MaskingOptions,
): Batch<MaskedLanguageModelingField> {
  const { tokens, sequenceLength } = options;
  const { maxPredictions } = maskingSizes(options);
  const rows = sequences.map(({ inputIds }) => inputIds);
  return {
    inputIds: padRight(rows, tokens.padTokenId, sequenceLength),
    attentionMask: paddingMask(rows, sequenceLength),
    predictionPositions: padRight(
      sequences.map(({ positions }) => positions),
      0,
      maxPredictions,
    ),
    labels: padRight(
      sequences.map(({ labels }) => labels),
      IGNORED_LABEL,
      maxPredictions,
    ),
  };
}
