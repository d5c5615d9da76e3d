import { ClozeError, type Batch } from '@cloze/core';
import { IGNORED_LABEL } from './cross-entropy.ts';
import { paddingMask, padRight } from './pad.ts';

/** A text and what is to be written for it, as token ids with their special tokens. */
export interface TextPair {
  readonly sourceIds: ArrayLike<number>;
  /** Usually ends with the end of text. Does not begin with the token that the decoder begins with. */
  readonly targetIds: ArrayLike<number>;
}

/** The fields of the batches of encoder-decoders: `inputIds` and `attentionMask` [B, S], `decoderInputIds` and `labels` [B, T]. */
export type TextToTextField = 'inputIds' | 'attentionMask' | 'decoderInputIds' | 'labels';

/** What batches of encoder-decoders are made with. */
export interface TextToTextBatchOptions {
  /** Fills what is shorter than the longest; the model's. */
  readonly padTokenId: number;
  /** What every target begins with; the model's. */
  readonly decoderStartTokenId: number;
  /** S, in tokens: with both lengths all batches have the same shape, so that a step is compiled once. Default: the longest source of the batch. */
  readonly sourceLength?: number;
  /** T, in tokens. Default: the longest target of the batch. */
  readonly targetLength?: number;
}

/**
 * A batch from pairs: the decoder is fed the start token and all of the target but its last token, and predicts the target.
 *
 * @param where names the objective in errors.
 * @throws {ClozeError} `DATA_INVALID` when a source or a target is empty or longer than its length.
 */
export function textToTextBatch(
  pairs: readonly TextPair[],
  { padTokenId, decoderStartTokenId, sourceLength, targetLength }: TextToTextBatchOptions,
  where: string,
): Batch<TextToTextField> {
  pairs.forEach(({ sourceIds, targetIds }, index) => {
    checkLength(`${where}: the source of example ${index}`, sourceIds, sourceLength);
    checkLength(`${where}: the target of example ${index}`, targetIds, targetLength);
  });
  const sources = pairs.map(({ sourceIds }) => sourceIds);
  const targets = pairs.map(({ targetIds }) => Int32Array.from(targetIds));
  return {
    inputIds: padRight(sources, padTokenId, sourceLength),
    attentionMask: paddingMask(sources, sourceLength),
    decoderInputIds: padRight(
      targets.map((target) => shiftedRight(target, decoderStartTokenId)),
      padTokenId,
      targetLength,
    ),
    labels: padRight(targets, IGNORED_LABEL, targetLength),
  };
}

/** The host's form of core's `shiftRight`. */
function shiftedRight(target: Int32Array, decoderStartTokenId: number): Int32Array {
  const shifted = new Int32Array(target.length);
  shifted[0] = decoderStartTokenId;
  shifted.set(target.subarray(0, -1), 1);
  return shifted;
}

function checkLength(what: string, { length }: ArrayLike<number>, maximum = Infinity): void {
  if (length >= 1 && length <= maximum) return;
  const limit = maximum === Infinity ? 'at least 1 token' : `at least 1 and at most ${maximum} tokens`;
  throw new ClozeError('DATA_INVALID', {
    message: `${what} must have ${limit}, got ${length}.`,
    hint: 'Leave empty texts out, and shorten long ones.',
  });
}
