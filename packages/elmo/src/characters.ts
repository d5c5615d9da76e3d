import type { BatchArray } from '@cloze/core';
import { wordToCharacterIds, type Tokenizer } from '@cloze/tokenizer';
import type { ElmoConfig } from './config.ts';
import { SENTENCE_END, SENTENCE_START } from './tokenizer.ts';

/**
 * Sentences as the character ids that models read, with `<S>` and `</S>` around each.
 *
 * @param sentences words, already split.
 * @returns int32 [number of sentences, longest length + 2, 50]; 0 = padding.
 */
export function sentencesToCharacterIds(sentences: readonly (readonly string[])[]): BatchArray {
  const marked = sentences.map((words) => [SENTENCE_START, ...words, SENTENCE_END].map(wordToCharacterIds));
  const width = wordToCharacterIds('').length;
  const length = marked.reduce((most, words) => Math.max(most, words.length), 0);
  const data = new Int32Array(sentences.length * length * width);
  marked.forEach((words, row) => {
    words.forEach((ids, position) => {
      data.set(ids, (row * length + position) * width);
    });
  });
  return { data, shape: [sentences.length, length, width] };
}

/**
 * The characters of every word of a vocabulary, which pre-training looks words up in.
 *
 * It is as narrow as its longest word allows: one window of the widest filter must still see nothing but padding, then further padding changes neither the
 * largest response of any filter nor its gradient. The convolutions are most of a small model's work, and most words are short.
 *
 * @returns int32 [V, C], C at most 50.
 */
export function characterTable(tokenizer: Tokenizer, { filters }: Pick<ElmoConfig, 'filters'>): BatchArray {
  const words = Array.from({ length: tokenizer.vocabSize }, (_, id) =>
    wordToCharacterIds(tokenizer.idToToken(id) ?? ''),
  );
  const [padding] = wordToCharacterIds('').slice(-1);
  const longest = words.reduce((most, ids) => Math.max(most, ids.findLastIndex((id) => id !== padding) + 1), 0);
  const widest = Math.max(...filters.map(({ width }) => width));
  const numCharacters = Math.min(longest + widest, wordToCharacterIds('').length);
  const data = new Int32Array(words.length * numCharacters);
  words.forEach((ids, word) => {
    data.set(ids.subarray(0, numCharacters), word * numCharacters);
  });
  return { data, shape: [words.length, numCharacters] };
}
