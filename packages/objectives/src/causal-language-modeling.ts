import { ClozeError, type CausalLanguageModel, type Objective } from '@cloze/core';
import { crossEntropy, IGNORED_LABEL } from './cross-entropy.ts';
import { padRight } from './pad.ts';

/** Settings of {@link causalLanguageModeling}. */
export interface CausalLanguageModelingOptions {
  /** Fills rows that are shorter than the longest; never predicted, and never seen by tokens before it. Default: 0. */
  readonly padTokenId?: number;
}

/** The fields of its batches: `inputIds` [B, T] and `labels` [B, T], the next token at each position. */
export type CausalLanguageModelingField = 'inputIds' | 'labels';

/**
 * Predicting each token from those before it.
 *
 * An example is a row of token ids; all but its last are inputs, all but its first are labels, so a block of T + 1 tokens has T targets. Rows may
 * differ in length.
 *
 * @see Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.1, equation 1.
 */
export function causalLanguageModeling({ padTokenId = 0 }: CausalLanguageModelingOptions = {}): Objective<
  ArrayLike<number>,
  CausalLanguageModel,
  CausalLanguageModelingField
> {
  return {
    name: 'causalLanguageModeling',

    prepare: (examples) => {
      const rows = examples.map((example, index) => toRow(example, index));
      return {
        inputIds: padRight(
          rows.map((row) => row.subarray(0, -1)),
          padTokenId,
        ),
        labels: padRight(
          rows.map((row) => row.subarray(1)),
          IGNORED_LABEL,
        ),
      };
    },

    loss: (model, { inputIds, labels }, key) => {
      const { logits } = model.forward({ inputIds }, { key });
      return { ...crossEntropy(logits, labels), metrics: {} };
    },
  };
}

function toRow(example: ArrayLike<number>, index: number): Int32Array {
  if (example.length < 2) {
    throw new ClozeError('DATA_INVALID', {
      message: `causalLanguageModeling: example ${index} must have at least 2 tokens, got ${example.length}.`,
      hint: 'Leave shorter texts out, or pack texts into blocks.',
    });
  }
  return Int32Array.from(example);
}
