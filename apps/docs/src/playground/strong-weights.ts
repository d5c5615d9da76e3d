/** A weight of attention and where it stands. */
export interface WeightCell {
  /** The token that attends. */
  readonly row: number;
  /** The token that is attended to. */
  readonly column: number;
  readonly weight: number;
}

/** The weights of a matrix that can be seen in a drawing: with many tokens, most are next to nothing. */
export function strongWeights(matrix: readonly Float32Array[], least = 0.02): WeightCell[] {
  return matrix.flatMap((weights, row) =>
    [...weights].map((weight, column) => ({ row, column, weight })).filter(({ weight }) => weight >= least),
  );
}
