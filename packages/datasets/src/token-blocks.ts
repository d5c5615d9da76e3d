import { ClozeError, type RandomKey } from '@cloze/core';
import type { ExampleSource } from './example-source.ts';
import { fingerprint } from './fingerprint.ts';
import { indexedSource } from './indexed-source.ts';
import type { TokenIds } from './pack.ts';

/** How a token sequence is cut into blocks. */
export interface BlockOptions {
  /** Tokens per example. A causal language model that predicts T tokens per example needs T + 1. */
  readonly blockLength: number;
  /** How many tokens a block shares with the next one: 1 lets every token but the first be a target exactly once. Default 0. */
  readonly overlap?: number | undefined;
}

/**
 * The blocks of a token sequence in a new random order in each epoch: every block once per epoch. Tokens after the last whole block are left out.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are fewer tokens than one block needs.
 */
export function tokenBlocks(
  ids: TokenIds,
  options: BlockOptions & { readonly key: RandomKey },
): ExampleSource<Int32Array> {
  const { blockLength, overlap = 0, key } = options;
  checkLength(ids, blockLength);
  const stride = blockLength - overlap;
  const numBlocks = Math.floor((ids.length - blockLength) / stride) + 1;
  let order: { epoch: number; blocks: Uint32Array } = { epoch: -1, blocks: new Uint32Array(0) };
  return indexedSource({
    fingerprint: fingerprint('tokenBlocks', ids, blockLength, overlap, key.toWords()),
    exampleAt: (position) => {
      const epoch = Math.floor(position / numBlocks);
      if (order.epoch !== epoch) order = { epoch, blocks: key.fold('epoch').fold(epoch).permutation(numBlocks) };
      const begin = (order.blocks[position % numBlocks] ?? 0) * stride;
      return Int32Array.from(ids.subarray(begin, begin + blockLength));
    },
  });
}

/**
 * Windows that begin at random positions, drawn independently, as nanoGPT draws its batches.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are fewer tokens than one window needs.
 */
export function randomWindows(
  ids: TokenIds,
  { blockLength, key }: { readonly blockLength: number; readonly key: RandomKey },
): ExampleSource<Int32Array> {
  checkLength(ids, blockLength);
  return indexedSource({
    fingerprint: fingerprint('randomWindows', ids, blockLength, key.toWords()),
    exampleAt: (position) => {
      const begin = key
        .fold('window')
        .fold(position)
        .integer(ids.length - blockLength + 1);
      return Int32Array.from(ids.subarray(begin, begin + blockLength));
    },
  });
}

/**
 * The blocks of a token sequence in order, the last one as short as what is left: for evaluation, where every token counts once.
 *
 * @returns one pass; nothing but a whole or partial block with at least `overlap + 1` tokens.
 */
export function* sequentialBlocks(
  ids: TokenIds,
  { blockLength, overlap = 0 }: BlockOptions,
): Generator<Int32Array, void, void> {
  for (let begin = 0; begin + overlap < ids.length; begin += blockLength - overlap) {
    yield Int32Array.from(ids.subarray(begin, begin + blockLength));
  }
}

function checkLength(ids: TokenIds, blockLength: number): void {
  if (ids.length >= blockLength) return;
  throw new ClozeError('DATA_INVALID', {
    message: `The data must hold at least ${blockLength} tokens, one whole block, got ${ids.length}.`,
    hint: 'Add text, or shorten the sequence length.',
  });
}
