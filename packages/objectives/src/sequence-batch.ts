import { ClozeError, type Batch } from '@cloze/core';
import { paddingMask, padRight } from './pad.ts';

/** What a supervised objective is given to read. */
export interface SequenceExample {
  /** Token ids with their special tokens. */
  readonly inputIds: ArrayLike<number>;
  /** The segment of each token, where the family has segments. Default: all 0. */
  readonly tokenTypeIds?: ArrayLike<number>;
}

/** Settings of the supervised objectives. */
export interface SupervisedOptions {
  /** Fills rows that are shorter than the longest. Decoders find the last token by it, so it must be the model's. */
  readonly padTokenId: number;
  /**
   * The length of all batches in tokens, so that one compiled step serves them; or a few, of which a batch gets the shortest that it fits into, so that
   * as many steps are compiled and less is padded. Default: that of the longest example of the batch.
   */
  readonly sequenceLength?: number | readonly number[] | undefined;
}

/** The inputs of a batch of sequences, all [B, T]. */
export type SequenceInputField = 'inputIds' | 'attentionMask' | 'tokenTypeIds';

/**
 * Pads sequences to one length.
 *
 * @throws {ClozeError} `DATA_INVALID` when a sequence is longer than `sequenceLength`.
 */
export function sequenceBatch(
  name: string,
  examples: readonly SequenceExample[],
  { padTokenId, sequenceLength }: SupervisedOptions,
): Batch<SequenceInputField> {
  const rows = examples.map(({ inputIds }) => inputIds);
  const length = batchLength(rows, sequenceLength);
  rows.forEach((row, index) => {
    if (row.length <= length) return;
    throw invalidExample(name, `example ${index} must have at most ${length} tokens, got ${row.length}`);
  });
  const segments = examples.map(({ inputIds, tokenTypeIds }) => tokenTypeIds ?? new Int32Array(inputIds.length));
  return {
    inputIds: padRight(rows, padTokenId, length),
    attentionMask: paddingMask(rows, length),
    tokenTypeIds: padRight(segments, 0, length),
  };
}

/** The shortest of the lengths that all rows fit into, or the longest length where they fit into none. */
function batchLength(rows: readonly ArrayLike<number>[], sequenceLength?: number | readonly number[]): number {
  const longest = rows.reduce((length, row) => Math.max(length, row.length), 0);
  const lengths = [sequenceLength ?? longest].flat();
  const fitting = lengths.filter((length) => length >= longest);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...lengths);
}

/** The error for an example that an objective cannot use. */
export function invalidExample(name: string, problem: string): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `${name}: ${problem}.`,
    hint: 'Correct the data, or the settings of the objective.',
  });
}

/** Checks that labels are classes. */
export function checkClass(name: string, label: number, numLabels: number, what: string): void {
  if (Number.isInteger(label) && label >= 0 && label < numLabels) return;
  throw invalidExample(name, `${what} must be an integer in [0, ${numLabels}), got ${label}`);
}
