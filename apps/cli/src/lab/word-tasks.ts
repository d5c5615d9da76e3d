import type { RandomKey } from '@cloze/core';
import { countsOf, type PseudoWord } from './pseudo-words.ts';
import { RADIUS, type WordInContext } from './word-vectors.ts';

/** A word with the number of what is to be told from its vector. */
export interface LabelledWord extends WordInContext {
  readonly label: number;
}

/** Words to learn from and words to be tested with. */
export interface WordTask {
  readonly train: readonly LabelledWord[];
  readonly test: readonly LabelledWord[];
  readonly numLabels: number;
}

/** See {@link wordTasks}. */
export type WordTasks = Readonly<Record<'meaning' | 'follower' | 'ending', WordTask>>;

/** Followers that have a label of their own. */
const NUM_FOLLOWERS = 8;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * Three questions about words in sentences. `meaning`: which word a pseudo-word stands for; both of its words are equally frequent, so that nothing is known
 * without the context. `follower`: which of the eight commonest words, or another, comes after the pseudo-word. `ending`: the last letter of an ordinary word;
 * no word of the test occurs in the training set.
 *
 * A context occurs once only, in training or test.
 *
 * @param options `mostExamples`: of each word.
 */
export function wordTasks(
  sentences: readonly (readonly string[])[],
  words: readonly PseudoWord[],
  { mostExamples, key }: { readonly mostExamples: number; readonly key: RandomKey },
): { readonly texts: readonly string[]; readonly tasks: WordTasks } {
  const written = new Map(words.flatMap(({ text, meanings }) => meanings.map((meaning) => [meaning, text])));
  const rewritten = sentences.map((sentence) => sentence.map((word) => written.get(word) ?? word));
  const occurrences = new Map<string, WordInContext[]>();
  const contexts = new Set<string>();
  for (const [index, sentence] of sentences.entries()) {
    for (const [position, word] of sentence.entries()) {
      const begin = Math.max(0, position - RADIUS);
      const context = (rewritten[index] ?? []).slice(begin, position + RADIUS + 1);
      const name = `${position - begin} ${context.join(' ')}`;
      if (contexts.has(name)) continue;
      contexts.add(name);
      const known = occurrences.get(word) ?? [];
      known.push({ words: context, position: position - begin });
      occurrences.set(word, known);
    }
  }
  const drawn = (word: string, count: number): WordInContext[] => {
    const all = occurrences.get(word) ?? [];
    const order = key.fold(word).permutation(all.length).subarray(0, count);
    return Array.from(order).flatMap((index) => all[index] ?? []);
  };

  const meanings = words.flatMap(({ meanings: pair }, index) => {
    const count = Math.min(mostExamples, ...pair.map((word) => occurrences.get(word)?.length ?? 0));
    return pair.flatMap((word, which) => drawn(word, count).map((found) => ({ ...found, label: 2 * index + which })));
  });
  const ordinary = mixed(
    [...occurrences.keys()].filter((word) => /^[a-z]{4,}$/.test(word) && !written.has(word)),
    key,
  );
  const endings = ordinary.map((word) => {
    const label = LETTERS.indexOf(word.slice(-1));
    return drawn(word, 2).map((found) => ({ ...found, label }));
  });
  const meaning = split(mixed(meanings, key.fold('meaning')), 2 * words.length);
  const ending = split(endings, LETTERS.length);
  return {
    texts: rewritten.map((sentence) => sentence.join(' ')),
    tasks: {
      meaning,
      follower: followers(meaning),
      ending: { ...ending, train: ending.train.flat(), test: ending.test.flat() },
    },
  };
}

/** The same words; the label is the word behind. */
function followers({ train, test }: WordTask): WordTask {
  const followerOf = ({ words, position }: WordInContext): string => words[position + 1] ?? '';
  const commonest = [...countsOf(train.map(followerOf)).keys()].slice(0, NUM_FOLLOWERS);
  const relabelled = (words: readonly LabelledWord[]): LabelledWord[] =>
    words.map((word) => {
      const rank = commonest.indexOf(followerOf(word));
      return { ...word, label: rank === -1 ? commonest.length : rank };
    });
  return { train: relabelled(train), test: relabelled(test), numLabels: commonest.length + 1 };
}

/** Three quarters to learn from, one for the test. */
function split<Item>(
  items: readonly Item[],
  numLabels: number,
): { readonly train: readonly Item[]; readonly test: readonly Item[]; readonly numLabels: number } {
  const numTraining = Math.ceil(0.75 * items.length);
  return { train: items.slice(0, numTraining), test: items.slice(numTraining), numLabels };
}

function mixed<Item>(items: readonly Item[], key: RandomKey): Item[] {
  return Array.from(key.permutation(items.length)).flatMap((index) => items.slice(index, index + 1));
}
