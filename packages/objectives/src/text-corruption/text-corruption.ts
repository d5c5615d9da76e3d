import type { EncoderDecoderModel, Objective } from '@cloze/core';
import {
  textToTextBatch,
  type TextPair,
  type TextToTextBatchOptions,
  type TextToTextField,
} from '../text-to-text-batch.ts';
import { textToText } from '../text-to-text.ts';
import type { Corruption } from './corruptions.ts';

/** Settings of {@link textCorruption}. */
export interface TextCorruptionOptions extends TextToTextBatchOptions {
  readonly corrupt: Corruption;
  /** Closes sources and targets. */
  readonly eosTokenId: number;
}

/**
 * Restoring texts: an example is a row of token ids without special tokens, and a corruption says what is read and what is to be written. Both are cut
 * to their lengths and then closed.
 *
 * @see Raffel et al. 2020, section 3.3, which compares the corruptions. <https://arxiv.org/abs/1910.10683>
 */
export function textCorruption({
  corrupt,
  eosTokenId,
  ...options
}: TextCorruptionOptions): Objective<ArrayLike<number>, EncoderDecoderModel, TextToTextField> {
  const { sourceLength, targetLength } = options;
  return {
    ...textToText(options),
    name: 'textCorruption',
    prepare: (examples, key) => {
      const pairs = examples.map((example, index): TextPair => {
        const { sourceIds, targetIds } = corrupt(example, key.fold(index));
        return {
          sourceIds: closed(sourceIds, eosTokenId, sourceLength),
          targetIds: closed(targetIds, eosTokenId, targetLength),
        };
      });
      return textToTextBatch(pairs, options, 'textCorruption');
    },
  };
}

function closed(ids: ArrayLike<number>, eosTokenId: number, maxLength = Infinity): Int32Array {
  const numKept = Math.min(ids.length, maxLength - 1);
  const row = new Int32Array(numKept + 1);
  for (let index = 0; index < numKept; index++) row[index] = ids[index] ?? 0;
  row[numKept] = eosTokenId;
  return row;
}
