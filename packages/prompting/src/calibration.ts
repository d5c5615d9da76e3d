import { logSoftmax, logSumExp } from './log-softmax.ts';
import type { Prompt } from './prompt.ts';
import type { Verbalizer } from './verbalizer.ts';
import type { WordScorer } from './word-scorer.ts';

/** Texts that say nothing, to be put where the text of a prompt belongs: those of the paper. */
export const CONTENT_FREE_TEXTS: readonly string[] = ['N/A', '[MASK]', ''];

/**
 * How a prompt prefers words whatever it is about, because of the words themselves or of its examples: the mean probability of each word where the text
 * says nothing.
 *
 * @param contentFree prompts that differ from the real ones only in a text without content, see {@link CONTENT_FREE_TEXTS}.
 * @returns log p of each word, in nats: what `labelLogProbabilities` and `classify` divide by.
 * @see Zhao et al. 2021, "Calibrate Before Use: Improving Few-Shot Performance of Language Models", section 5. <https://arxiv.org/abs/2102.09690>
 */
export async function contextualCalibration(
  scorer: WordScorer,
  { words }: Verbalizer,
  contentFree: readonly Prompt[],
): Promise<number[]> {
  const scores = await scorer.scoreWords(contentFree, words);
  const logProbabilities = scores.map(logSoftmax);
  return words.map((_, word) => logSumExp(logProbabilities.map((row) => row[word] ?? NaN)) - Math.log(scores.length));
}
