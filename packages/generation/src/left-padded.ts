/** Sequences of different lengths as the rows of one array, row-major. */
export interface PaddedBatch {
  /** [B, T], 0 in the padding. */
  readonly ids: Int32Array;
  /** [B, T], from 0 in each sequence; 0 in the padding. */
  readonly positions: Int32Array;
  /** [B, T], 1 = token, 0 = padding. */
  readonly mask: Int32Array;
}

/**
 * Pads sequences on the left, so that the last token of each stands in the last column.
 *
 * @param length T, at least the length of the longest.
 */
export function leftPadded(sequences: readonly (readonly number[])[], length: number): PaddedBatch {
  const size = sequences.length * length;
  const batch = { ids: new Int32Array(size), positions: new Int32Array(size), mask: new Int32Array(size) };
  sequences.forEach((sequence, row) => {
    const start = (row + 1) * length - sequence.length;
    sequence.forEach((id, position) => {
      batch.ids[start + position] = id;
      batch.positions[start + position] = position;
      batch.mask[start + position] = 1;
    });
  });
  return batch;
}
