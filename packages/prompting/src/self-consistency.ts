import { ConfigError, type RandomKey } from '@cloze/core';
import { extractAnswer } from './chain-of-thought.ts';

/**
 * Writes several texts for one prompt: text i with the randomness of `key.fold(i)`, so that more texts go on where fewer end. `generateBatch` of
 * `@cloze/generation` does so.
 */
export type TextSampler = (numSamples: number, key: RandomKey) => Promise<readonly string[]>;

/** Settings of {@link selfConsistency}. */
export interface SelfConsistencyOptions {
  /** How many texts are written. The paper has 40. */
  readonly numSamples: number;
  readonly key: RandomKey;
  /** Finds the answer in a text. Default: {@link extractAnswer}. */
  readonly extract?: (text: string) => string | undefined;
}

/** An answer and how many texts came to it. */
export interface Vote {
  readonly answer: string;
  readonly count: number;
  /** Of all samples, those without answer included. */
  readonly share: number;
}

/** What several ways of thinking agree on. */
export interface ConsistentAnswer {
  /** The answer that most texts came to; of several, the one that came first. Undefined where no text has one. */
  readonly answer: string | undefined;
  /** Most votes first. */
  readonly votes: readonly Vote[];
  readonly samples: readonly { readonly text: string; readonly answer: string | undefined }[];
}

/**
 * Samples several texts for a prompt and takes the answer that most of them come to. The same key gives the same answer.
 *
 * @see Wang et al. 2023, "Self-Consistency Improves Chain of Thought Reasoning in Language Models", section 2; of its ways to count, the unweighted sum.
 *   <https://arxiv.org/abs/2203.11171>
 * @throws {ConfigError} when there are no samples.
 */
export async function selfConsistency(
  sample: TextSampler,
  { numSamples, key, extract = extractAnswer }: SelfConsistencyOptions,
): Promise<ConsistentAnswer> {
  if (!Number.isInteger(numSamples) || numSamples < 1) {
    throw new ConfigError({
      message: `numSamples must be a whole number of at least 1, got ${numSamples}.`,
      hint: 'Sample 16 texts, for example.',
    });
  }
  const texts = await sample(numSamples, key);
  const samples = texts.map((text) => ({ text, answer: extract(text) }));
  const votes = majority(samples.map(({ answer }) => answer));
  return { answer: votes[0]?.answer, votes, samples };
}

/** Counts answers, most votes first, and among equals the one that came first. */
export function majority(answers: readonly (string | undefined)[]): Vote[] {
  const counts = new Map<string, number>();
  for (const answer of answers) if (answer !== undefined) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts]
    .map(([answer, count]) => ({ answer, count, share: count / answers.length }))
    .sort((a, b) => b.count - a.count);
}
