import type { EncoderDecoderModel, Objective } from '@cloze/core';
import { crossEntropy } from './cross-entropy.ts';
import { checkLabelSmoothing, smoothedCrossEntropy } from './label-smoothing.ts';
import {
  textToTextBatch,
  type TextPair,
  type TextToTextBatchOptions,
  type TextToTextField,
} from './text-to-text-batch.ts';

/** Settings of {@link textToText}. */
export interface TextToTextOptions extends TextToTextBatchOptions {
  /** How much of the probability is to be spread over the whole vocabulary, in [0, 1). Usual are 0 and 0.1. Default: 0. */
  readonly labelSmoothing?: number;
}

/**
 * Writing a target for a source: translation, summaries, or any task put into words.
 *
 * With label smoothing the metric `negativeLogLikelihood` is the loss without it.
 *
 * @throws {ConfigError} when `labelSmoothing` is not in [0, 1).
 * @see Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 2. <https://arxiv.org/abs/1409.3215>
 */
export function textToText(options: TextToTextOptions): Objective<TextPair, EncoderDecoderModel, TextToTextField> {
  const { labelSmoothing = 0 } = options;
  checkLabelSmoothing('textToText', labelSmoothing);
  return {
    name: 'textToText',
    prepare: (examples) => textToTextBatch(examples, options, 'textToText'),
    loss: (model, { labels, ...inputs }, key) => {
      const { logits } = model.forward(inputs, { key });
      if (labelSmoothing === 0) return { ...crossEntropy(logits, labels), metrics: {} };
      const { negativeLogLikelihood, ...smoothed } = smoothedCrossEntropy(logits, labels, labelSmoothing);
      return { ...smoothed, metrics: { negativeLogLikelihood } };
    },
  };
}
