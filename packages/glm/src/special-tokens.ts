/**
 * What GLM's tokenizers know besides the text's own tokens, appended to the vocabulary in this order.
 *
 * @see THUDM/GLM, `data_utils/tokenization.py`, the English tokenizers with `task_mask`.
 */
export const glmSpecialTokens = {
  /** Fills rows, and ends every text. */
  pad: '[PAD]',
  /** Begins every text. */
  classification: '[CLS]',
  /** A blank of a few tokens. */
  mask: '[MASK]',
  unknown: '[UNK]',
  separator: '[SEP]',
  /** What each piece of part B begins with. */
  startOfPiece: '<|startofpiece|>',
  /** What the end of each piece predicts. */
  endOfPiece: '<|endofpiece|>',
  /** A blank of half a text or more: what long texts are generated after. */
  documentMask: '[gMASK]',
  /** A blank of a whole sentence. */
  sentenceMask: '[sMASK]',
} as const;
