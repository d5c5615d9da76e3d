import { checkTokenId, type PackOptions } from './pack.ts';
import type { BlockOptions } from './token-blocks.ts';

/**
 * Tokenizes texts and cuts them into blocks as they stream by, for text whose tokens do not fit into memory. Texts are packed without padding, as
 * `packTokens` does; tokens after the last whole block are left out. Shuffle them with `streamSource`.
 *
 * @throws {ClozeError} `DATA_INVALID` when the tokenizer gives an id outside of the vocabulary.
 */
export async function* streamBlocks(
  texts: AsyncIterable<string> | Iterable<string>,
  { encode, vocabSize, separatorId, blockLength, overlap = 0 }: PackOptions & BlockOptions,
): AsyncGenerator<Int32Array, void, void> {
  let pending: number[] = [];
  for await (const text of texts) {
    for (const id of Array.from(encode(text)).concat(separatorId ?? [])) {
      checkTokenId(id, vocabSize);
      pending.push(id);
      if (pending.length < blockLength) continue;
      yield Int32Array.from(pending);
      pending = pending.slice(blockLength - overlap);
    }
  }
}
