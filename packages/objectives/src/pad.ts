import type { BatchArray } from '@cloze/core';

/**
 * Sequences of different lengths as one matrix, padded on the right.
 *
 * @param length of the rows; longer sequences are cut. Default: the length of the longest.
 * @returns int32 [number of sequences, length].
 */
export function padRight(
  sequences: readonly ArrayLike<number>[],
  value: number,
  length: number = longestOf(sequences),
): BatchArray {
  const data = new Int32Array(sequences.length * length).fill(value);
  sequences.forEach((sequence, row) => {
    data.set(sequence.length > length ? Int32Array.from(sequence).subarray(0, length) : sequence, row * length);
  });
  return { data, shape: [sequences.length, length] };
}

/** 1 where {@link padRight} puts a token and 0 where it pads: int32 [number of sequences, length]. */
export function paddingMask(sequences: readonly ArrayLike<number>[], length?: number): BatchArray {
  return padRight(
    sequences.map(({ length }) => new Int32Array(length).fill(1)),
    0,
    length,
  );
}

function longestOf(sequences: readonly ArrayLike<number>[]): number {
  return sequences.reduce((longest, sequence) => Math.max(longest, sequence.length), 0);
}
