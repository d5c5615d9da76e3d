import type { BatchArray } from '@cloze/core';

/**
 * Sequences of different lengths as one matrix, padded on the right.
 *
 * @returns int32 [number of sequences, longest length].
 */
export function padRight(sequences: readonly ArrayLike<number>[], value: number): BatchArray {
  const length = sequences.reduce((longest, sequence) => Math.max(longest, sequence.length), 0);
  const data = new Int32Array(sequences.length * length).fill(value);
  sequences.forEach((sequence, row) => {
    data.set(sequence, row * length);
  });
  return { data, shape: [sequences.length, length] };
}

/** 1 where {@link padRight} puts a token and 0 where it pads: int32 [number of sequences, longest length]. */
export function paddingMask(sequences: readonly ArrayLike<number>[]): BatchArray {
  return padRight(
    sequences.map(({ length }) => new Int32Array(length).fill(1)),
    0,
  );
}
