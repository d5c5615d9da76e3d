import { ClozeError } from '@cloze/core';

/** The tokens that frame what BERT reads. */
export interface FramingTokens {
  /** Begins every sequence. */
  readonly clsTokenId: number;
  /** Ends every segment. */
  readonly sepTokenId: number;
  /** Fills sequences that are shorter than the batch. */
  readonly padTokenId: number;
}

/** A sequence with its special tokens. */
export interface FramedSequence {
  readonly inputIds: Int32Array;
  /** The number of the segment that each token belongs to. */
  readonly tokenTypeIds: Int32Array;
}

/**
 * `[CLS] A [SEP]`, or `[CLS] A [SEP] B [SEP]`: `[CLS]` belongs to the first segment, each `[SEP]` to the segment that it ends.
 *
 * @throws {ClozeError} `DATA_INVALID` when a segment is empty, or when the sequence is longer than `sequenceLength`.
 */
export function frameSegments(
  segments: readonly ArrayLike<number>[],
  { clsTokenId, sepTokenId }: FramingTokens,
  { name, sequenceLength }: { readonly name: string; readonly sequenceLength: number },
): FramedSequence {
  const length = segments.reduce((sum, segment) => sum + segment.length + 1, 1);
  checkLengths(segments, length, name, sequenceLength);
  const inputIds = new Int32Array(length);
  const tokenTypeIds = new Int32Array(length);
  inputIds[0] = clsTokenId;
  let end = 1;
  segments.forEach((segment, type) => {
    inputIds.set(segment, end);
    tokenTypeIds.fill(type, type === 0 ? 0 : end, end + segment.length + 1);
    end += segment.length + 1;
    inputIds[end - 1] = sepTokenId;
  });
  return { inputIds, tokenTypeIds };
}

function checkLengths(
  segments: readonly ArrayLike<number>[],
  length: number,
  name: string,
  sequenceLength: number,
): void {
  if (segments.some((segment) => segment.length === 0)) {
    throw new ClozeError('DATA_INVALID', {
      message: `${name}: a segment must have at least one token, got an empty one.`,
      hint: 'Leave empty texts out.',
    });
  }
  if (length > sequenceLength) {
    throw new ClozeError('DATA_INVALID', {
      message: `${name}: a sequence must have at most ${sequenceLength} tokens with [CLS] and [SEP], got ${length}.`,
      hint: `Cut texts to ${sequenceLength - segments.length - 1} tokens, or raise sequenceLength.`,
    });
  }
}
