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
 * Pads sequences on the right.
 *
 * @param length T, at least the length of the longest.
 */
export function paddedBatch(sequences: readonly (readonly number[])[], length: number): PaddedBatch {
  const size = sequences.length * length;
  const batch = { ids: new Int32Array(size), positions: new Int32Array(size), mask: new Int32Array(size) };
  sequences.forEach((sequence, row) => {
    sequence.forEach((id, position) => {
      batch.ids[row * length + position] = id;
      batch.positions[row * length + position] = position;
      batch.mask[row * length + position] = 1;
    });
  });
  return batch;
}
