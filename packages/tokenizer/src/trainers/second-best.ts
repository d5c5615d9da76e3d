/** How a piece would be spelled without itself. */
export interface SecondBest {
  /** Whether the piece itself is its best segmentation. */
  readonly isBest: boolean;
  /** The best segmentation into two or more pieces, when the piece itself is the best; empty when there is none. */
  readonly alternative: readonly number[];
}

/** Compares a piece with its best segmentation into other pieces, by Viterbi. */
export function secondBestSegmentation(
  text: string,
  id: number,
  ids: ReadonlyMap<string, number>,
  scores: Float64Array,
): SecondBest {
  const { length } = text;
  const best = new Float64Array(length + 1).fill(-Infinity);
  const backStart = new Int32Array(length + 1);
  const backPiece = new Int32Array(length + 1);
  best[0] = 0;
  for (let start = 0; start < length; start++) {
    const here = best[start] ?? -Infinity;
    if (here === -Infinity) continue;
    for (let end = start + 1; end <= length; end++) {
      if (end - start === length) continue;
      const piece = ids.get(text.slice(start, end));
      if (piece === undefined) continue;
      const score = here + (scores[piece] ?? 0);
      if (score > (best[end] ?? -Infinity)) {
        best[end] = score;
        backStart[end] = start;
        backPiece[end] = piece;
      }
    }
  }
  const others = best[length] ?? -Infinity;
  if (others === -Infinity) return { isBest: true, alternative: [] };
  if (others > (scores[id] ?? 0)) return { isBest: false, alternative: [] };
  const alternative: number[] = [];
  for (let end = length; end > 0; end = backStart[end] ?? 0) alternative.push(backPiece[end] ?? 0);
  return { isBest: true, alternative: alternative.reverse() };
}
