import { packTokens, sequentialBlocks } from '@cloze/datasets';
import type { Tokenizer } from '@cloze/tokenizer';

/** How texts are cut to measure a model on them. */
export interface HeldOutWindowsOptions {
  /** Of a piece, in tokens. */
  readonly length: number;
  /** Tokens that a piece shares with the next. Default: 0. */
  readonly overlap?: number | undefined;
  readonly separatorId: number;
  /** Pieces that do not fill a batch are left out, so that one compiled function serves all. */
  readonly batchSize: number;
}

/** Texts one after the other, cut in their order into pieces of one length, each token once: to measure what `windowsOf` trains. */
export async function heldOutWindows(
  texts: readonly string[],
  tokenizer: Tokenizer,
  { length, overlap, separatorId, batchSize }: HeldOutWindowsOptions,
): Promise<Int32Array[]> {
  const encode = (text: string): Int32Array => tokenizer.encodeToIds(text, { addSpecialTokens: false });
  const ids = await packTokens(texts, { encode, vocabSize: tokenizer.vocabSize, separatorId });
  const windows = [...sequentialBlocks(ids, { blockLength: length, overlap })];
  return windows.slice(0, windows.length - (windows.length % batchSize));
}
