import { ClozeError } from '@cloze/core';

/** Token ids in the smallest form that holds the vocabulary: 16 bits up to 65,536 tokens. */
export type TokenIds = Uint16Array | Int32Array;

/** How text becomes one sequence of ids. */
export interface PackOptions {
  /** The tokenizer: text to ids, without special tokens. */
  readonly encode: (text: string) => ArrayLike<number>;
  /** Ids are in [0, vocabSize). */
  readonly vocabSize: number;
  /** Appended after each text, for example the id of `<|endoftext|>`. Default: nothing, the texts are one document. */
  readonly separatorId?: number | undefined;
}

/**
 * Tokenizes texts and packs them without padding, one after the other. Holds the ids in memory (2 bytes per token up to 65,536 tokens in the
 * vocabulary), never the text.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are no tokens, or when the tokenizer gives an id outside of the vocabulary.
 */
export async function packTokens(
  texts: AsyncIterable<string> | Iterable<string>,
  { encode, vocabSize, separatorId }: PackOptions,
): Promise<TokenIds> {
  const buffer = new TokenBuffer(vocabSize);
  for await (const text of texts) {
    buffer.append(encode(text));
    if (separatorId !== undefined) buffer.append([separatorId]);
  }
  return buffer.toIds();
}

/** Ids that are collected without knowing how many there will be. */
export class TokenBuffer {
  readonly #vocabSize: number;
  #ids: TokenIds;
  #length = 0;

  constructor(vocabSize: number) {
    this.#vocabSize = vocabSize;
    this.#ids = this.#allocate(1 << 16);
  }

  /** @returns how many ids were appended. */
  append(ids: ArrayLike<number>): number {
    while (this.#length + ids.length > this.#ids.length) {
      const larger = this.#allocate(this.#ids.length * 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index] ?? -1;
      checkTokenId(id, this.#vocabSize);
      this.#ids[this.#length++] = id;
    }
    return ids.length;
  }

  toIds(): TokenIds {
    if (this.#length === 0) {
      throw new ClozeError('DATA_INVALID', {
        message: 'The data must hold at least one token, got none.',
        hint: 'Check that the files hold text.',
      });
    }
    return this.#ids.slice(0, this.#length);
  }

  #allocate(capacity: number): TokenIds {
    return this.#vocabSize <= 65_536 ? new Uint16Array(capacity) : new Int32Array(capacity);
  }
}

/** @throws {ClozeError} `DATA_INVALID` when an id is outside of the vocabulary. */
export function checkTokenId(id: number, vocabSize: number): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabSize) return;
  throw new ClozeError('DATA_INVALID', {
    message: `Token ids must lie in [0, ${vocabSize}), got ${id}.`,
    hint: 'Use the tokenizer that belongs to the model.',
  });
}
