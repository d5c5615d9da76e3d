import type { Batch, BatchArray, Module, Objective } from '@cloze/core';
import { wordToCharacterIds } from '@cloze/tokenizer';

/** An example whose words are known. */
export interface WithWords {
  readonly words?: readonly string[] | undefined;
}

/**
 * The same objective for models that read words by their characters: `inputIds` become [B, T, C]. Words need not be in any vocabulary.
 *
 * @see Peters et al. 2018, "Deep Contextualized Word Representations", section 3.4. <https://arxiv.org/abs/1802.05365>
 */
export function withCharacters<Example, M extends Module, Field extends string>(
  objective: Objective<Example, M, Field | 'inputIds'>,
): Objective<Example & WithWords, M, Field | 'inputIds'> {
  return {
    ...objective,
    prepare: (examples, key) => {
      const batch: Batch<Field | 'inputIds'> = objective.prepare(examples, key);
      return { ...batch, inputIds: characterIds(examples, batch.inputIds) };
    },
  };
}

/**
 * The characters of words.
 *
 * @param inputIds a batch of the same examples, [B, T], for its shape.
 * @returns int32 [B, T, C]; 0 = padding.
 */
export function characterIds(examples: readonly WithWords[], { shape }: BatchArray): BatchArray {
  const [numRows = 0, length = 0] = shape;
  const width = wordToCharacterIds('').length;
  const data = new Int32Array(numRows * length * width);
  examples.forEach(({ words = [] }, row) => {
    words.forEach((word, position) => {
      data.set(wordToCharacterIds(word), (row * length + position) * width);
    });
  });
  return { data, shape: [numRows, length, width] };
}
