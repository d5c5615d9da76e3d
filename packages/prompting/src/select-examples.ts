import { ConfigError, type RandomKey } from '@cloze/core';
import { lexicalSimilarities } from './lexical-similarity.ts';

/**
 * The first examples, as in published tasks whose examples were chosen by hand.
 *
 * @throws {ConfigError} when there are fewer than `count`; so do all functions of this file.
 */
export function firstExamples<Example>(examples: readonly Example[], count: number): Example[] {
  checkCount(examples, count);
  return examples.slice(0, count);
}

/** Examples in random order. The same key chooses the same ones; more examples go on where fewer end. */
export function randomExamples<Example>(examples: readonly Example[], count: number, key: RandomKey): Example[] {
  checkCount(examples, count);
  return Array.from(key.permutation(examples.length))
    .slice(0, count)
    .flatMap((index) => examples.slice(index, index + 1));
}

/** How {@link balancedExamples} chooses. */
export interface BalancedOptions<Example> {
  readonly labelOf: (example: Example) => string;
  /** Chooses within a label at random. Default: the first ones. */
  readonly key?: RandomKey | undefined;
}

/** As many examples of each label as of any other, one label after the other in turn, as far as there are examples. */
export function balancedExamples<Example>(
  examples: readonly Example[],
  count: number,
  { labelOf, key }: BalancedOptions<Example>,
): Example[] {
  checkCount(examples, count);
  const ordered = key === undefined ? examples : randomExamples(examples, examples.length, key);
  const labels = [...new Set(ordered.map(labelOf))];
  const byLabel = labels.map((label) => ordered.filter((example) => labelOf(example) === label));
  const rounds = ordered.map((_, round) => byLabel.flatMap((own) => own.slice(round, round + 1)));
  return rounds.flat().slice(0, count);
}

/** How {@link nearestExamples} chooses. */
export interface NearestOptions<Example> {
  /** What the examples are to resemble. */
  readonly query: string;
  readonly textOf: (example: Example) => string;
  /** How similar each text is to the query. Default: by common words, {@link lexicalSimilarities}. */
  readonly similarities?: (query: string, texts: readonly string[]) => readonly number[];
}

/**
 * The examples that are most similar to what is asked, the most similar one last, next to the question.
 *
 * @see Liu et al. 2022, "What Makes Good In-Context Examples for GPT-3?", whose similarity is that of sentence embeddings. <https://arxiv.org/abs/2101.06804>
 */
export function nearestExamples<Example>(
  examples: readonly Example[],
  count: number,
  { query, textOf, similarities = lexicalSimilarities }: NearestOptions<Example>,
): Example[] {
  checkCount(examples, count);
  const scores = similarities(query, examples.map(textOf));
  return examples
    .map((example, index) => ({ example, score: scores[index] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .reverse()
    .map(({ example }) => example);
}

function checkCount(examples: readonly unknown[], count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= examples.length) return;
  throw new ConfigError({
    message: `The number of examples to show must be a whole number from 0 to ${examples.length}, the number of examples, got ${count}.`,
    hint: 'Show fewer, or give more to choose from.',
  });
}
