import type { Span } from './span.ts';

/** A text and its blanks. */
export interface InfilledText {
  readonly text: ArrayLike<number>;
  /** In the order of the text, apart from each other or touching. */
  readonly spans: readonly Span[];
  /** The order of the spans in part B: a permutation of their indices. */
  readonly order: Uint32Array;
  /** Stands for each of them in part A. */
  readonly maskTokenId: number;
}

/** One row of a batch's fields, as long as the batch, filled with padding. */
export interface RowArrays {
  readonly inputIds: Int32Array;
  readonly positionIds: Int32Array;
  readonly blockPositionIds: Int32Array;
  readonly labels: Int32Array;
}

/** The tokens that part B is written with. */
export interface PieceTokens {
  readonly startOfPieceTokenId: number;
  readonly endOfPieceTokenId: number;
}

/** The tokens of {@link writeInfilledRow}: each blank adds its mask and the start of its piece. */
export function infilledLength({ text, spans }: Pick<InfilledText, 'text' | 'spans'>): number {
  return text.length + 2 * spans.length;
}

/**
 * Writes part A, the text with a mask for each blank, and part B, the blanks in shuffled order. A piece is fed as `<|startofpiece|> span` and predicts
 * `span <|endofpiece|>`, labels at the place that predicts them. All of it has the position of its mask, and block positions from 1.
 *
 * @returns the length of part A.
 * @see Du et al. 2022, figure 2.
 */
export function writeInfilledRow(
  { text, spans, order, maskTokenId }: InfilledText,
  { inputIds, positionIds, blockPositionIds, labels }: RowArrays,
  { startOfPieceTokenId, endOfPieceTokenId }: PieceTokens,
): number {
  const maskPositions = new Int32Array(spans.length);
  let place = 0;
  let read = 0;
  const copyUntil = (end: number): void => {
    for (; read < end; read++) inputIds[place++] = text[read] ?? 0;
  };
  spans.forEach(({ start, length }, index) => {
    copyUntil(start);
    maskPositions[index] = place;
    inputIds[place++] = maskTokenId;
    read += length;
  });
  copyUntil(text.length);
  const sep = place;
  for (let position = 0; position < sep; position++) positionIds[position] = position;

  for (const index of order) {
    const { start, length } = spans[index] ?? { start: 0, length: 0 };
    positionIds.fill(maskPositions[index] ?? 0, place, place + length + 1);
    inputIds[place] = startOfPieceTokenId;
    for (let offset = 0; offset < length; offset++) {
      const id = text[start + offset] ?? 0;
      labels[place] = id;
      blockPositionIds[place++] = offset + 1;
      inputIds[place] = id;
    }
    labels[place] = endOfPieceTokenId;
    blockPositionIds[place++] = length + 1;
  }
  return sep;
}
