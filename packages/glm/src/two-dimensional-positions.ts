/** Part B's answer to one mask, as it is fed: `<|startofpiece|>` and the tokens so far. */
export interface Piece {
  /** Where its mask stands in part A, from 0. */
  readonly maskPosition: number;
  readonly ids: ArrayLike<number>;
}

/** A row for the model: part A, then part B. */
export interface BlankInfillingRow {
  readonly inputIds: Int32Array;
  /** The place in part A; for a piece that of its mask. */
  readonly positionIds: Int32Array;
  /** The place in the piece, from 1; 0 in part A. */
  readonly blockPositionIds: Int32Array;
  /** The length of part A. */
  readonly sep: number;
}

/**
 * Joins part A and the pieces of part B, and gives each token its two positions. The positions do not tell how long a piece will be: all of a piece
 * stands where its one mask stands.
 *
 * @param context part A.
 * @see Du et al. 2022, section 2.2, "2D Positional Encoding", and figure 2.
 */
export function joinPieces(context: ArrayLike<number>, pieces: readonly Piece[]): BlankInfillingRow {
  const length = pieces.reduce((sum, { ids }) => sum + ids.length, context.length);
  const inputIds = new Int32Array(length);
  const positionIds = new Int32Array(length);
  const blockPositionIds = new Int32Array(length);
  inputIds.set(context);
  for (let position = 0; position < context.length; position++) positionIds[position] = position;
  let start = context.length;
  for (const { maskPosition, ids } of pieces) {
    inputIds.set(ids, start);
    positionIds.fill(maskPosition, start, start + ids.length);
    for (let block = 1; block <= ids.length; block++) blockPositionIds[start + block - 1] = block;
    start += ids.length;
  }
  return { inputIds, positionIds, blockPositionIds, sep: context.length };
}
