import { paddedBatch } from './padded-batch.ts';

/** Continuations as the rows of arrays, row-major, padded on the right; the last token of each is predicted only. */
export interface ContinuationBatch {
  /** [B, T]. */
  readonly ids: Int32Array;
  /** [B, T]. */
  readonly positions: Int32Array;
  /** [B, S + T]: 1 where a slot is filled, then 1 = token, 0 = padding. */
  readonly mask: Int32Array;
  /** [B * T]: the token that follows each, as a position among B * T * V scores. */
  readonly targets: Int32Array;
}

/** What continuations continue. */
export interface Continued {
  /** [B, S + 1], the last column aside: 1 where a slot is filled. */
  readonly mask: Int32Array;
  /** S. */
  readonly capacity: number;
  /** [B], in tokens. */
  readonly lengths: readonly number[];
  readonly vocabSize: number;
}

/** @param length T, one less than the longest continuation at least. */
export function continuationBatch(
  continuations: readonly (readonly number[])[],
  length: number,
  { mask, capacity, lengths, vocabSize }: Continued,
): ContinuationBatch {
  const batch = paddedBatch(
    continuations.map((ids) => ids.slice(0, -1)),
    length,
  );
  const joined = new Int32Array(continuations.length * (capacity + length));
  const targets = new Int32Array(continuations.length * length);
  continuations.forEach((ids, row) => {
    const start = row * (capacity + length);
    joined.set(mask.subarray(row * (capacity + 1), (row + 1) * (capacity + 1) - 1), start);
    joined.set(batch.mask.subarray(row * length, (row + 1) * length), start + capacity);
    for (let index = 0; index < length; index++) {
      const place = row * length + index;
      targets[place] = place * vocabSize + (ids[index + 1] ?? 0);
      // In the padding, a position that exists.
      if (batch.mask[place] === 1) batch.positions[place] = (lengths[row] ?? 0) + index;
    }
  });
  return { ids: batch.ids, positions: batch.positions, mask: joined, targets };
}
