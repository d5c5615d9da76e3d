import { aroundBlank } from './prompt.ts';
import { scoresByPrompt, type WordScorer } from './word-scorer.ts';

/** A model that says how likely it finds the end of a text: the `CausalScorer` of `@cloze/evaluation`, for example. */
export interface ContinuationScorer {
  /** Answers in the order of the requests; `logLikelihood` in nats, of all tokens of the continuation together. */
  scoreContinuations(
    requests: readonly { readonly context: string; readonly continuation: string }[],
  ): Promise<readonly { readonly logLikelihood: number }[]>;
}

/**
 * Scores words with a model that reads from left to right, such as GPT: how likely the word is after what stands before the blank, and what stands after
 * it after the word.
 */
export function continuationWordScorer(scorer: ContinuationScorer): WordScorer {
  return {
    scoreWords: async (prompts, words) => {
      const requests = prompts.flatMap((prompt) => {
        const [context, after] = aroundBlank(prompt);
        return words.map((word) => ({ context, continuation: word + after }));
      });
      const scores = await scorer.scoreContinuations(requests);
      return scoresByPrompt(
        scores.map(({ logLikelihood }) => logLikelihood),
        words.length,
      );
    },
  };
}
