import { ConfigError } from '@cloze/core';
import { logSoftmax } from './log-softmax.ts';

/** Which words stand for each label. */
export interface Verbalizer<Label extends string = string> {
  readonly labels: readonly Label[];
  /** The words of all labels, one label after the other. */
  readonly words: readonly string[];
  /** For each word, the index of its label. */
  readonly labelOfWord: readonly number[];
}

/**
 * Reads a verbalizer: one or more words for each label, each word of one or more tokens.
 *
 * @example verbalizer({ positive: ['great', 'wonderful'], negative: 'terrible' })
 * @see Schick and Schuetze 2021, "Exploiting Cloze Questions for Few Shot Text Classification and Natural Language Inference", section 3.
 *   <https://arxiv.org/abs/2001.07676>
 * @throws {ConfigError} when there are fewer than two labels, a label has no word, or two labels share one.
 */
export function verbalizer<const Label extends string>(
  wordsByLabel: Readonly<Record<Label, string | readonly string[]>>,
): Verbalizer<Label> {
  const entries = Object.entries<string | readonly string[]>(wordsByLabel);
  const words = entries.flatMap(([, given]) => given);
  if (entries.length < 2) throw wrong(`there must be at least two labels, got ${entries.length}`);
  for (const [label, given] of entries) {
    if (given.length === 0 || [given].flat().some((word) => word.trim() === '')) {
      throw wrong(`the label ${JSON.stringify(label)} must have words, got ${JSON.stringify(given)}`);
    }
  }
  const shared = words.find((word, index) => words.indexOf(word) !== index);
  if (shared !== undefined) throw wrong(`each word must stand once, got ${JSON.stringify(shared)} twice`);
  return {
    // The keys of a record of labels are its labels.
    labels: entries.map(([label]) => label) as Label[],
    words,
    labelOfWord: entries.flatMap(([, given], label) => [given].flat().map(() => label)),
  };
}

/**
 * From scores of words to log probabilities of labels: softmax over all words; divided by what the words get without content, where that is known; the
 * mean log probability of a label's words; normalized over the labels.
 *
 * @param scores of each word, as a `WordScorer` gives them.
 * @param wordLogPriors the log probability of each word without content, see `contextualCalibration`. Default: not calibrated.
 * @returns log p of each label, in nats.
 * @see OpenPrompt, `prompts/manual_verbalizer.py`. It normalizes once more after the division instead of at the end; the order of labels is the same.
 */
export function labelLogProbabilities(
  { labels, labelOfWord }: Verbalizer,
  scores: readonly number[],
  wordLogPriors?: readonly number[],
): number[] {
  const logProbabilities = logSoftmax(scores).map((value, word) => value - (wordLogPriors?.[word] ?? 0));
  const means = labels.map((_, label) => {
    const own = logProbabilities.filter((__, word) => labelOfWord[word] === label);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  return logSoftmax(means);
}

function wrong(problem: string): ConfigError {
  return new ConfigError({
    message: `A verbalizer gives each label words: ${problem}.`,
    hint: 'For example: { positive: ["great", "good"], negative: ["terrible"] }.',
  });
}
