import type { Objective, RandomKey, SequenceClassifier } from '@cloze/core';
import { nextSentencePrediction, type PairPredictionOptions } from './next-sentence-prediction.ts';
import {
  pairChunks,
  splitOf,
  type SentenceDocument,
  type SentencePair,
  type SentencePairOptions,
} from './sentence-pairs.ts';
import type { SequenceField } from './supervised.ts';

/**
 * ALBERT's pairs: neighbouring segments of one document, swapped with a chance of one half. Label 1 = swapped.
 *
 * A chunk of one sentence has no order and makes no pair; ALBERT's script draws a random second segment there, as BERT's.
 *
 * @throws {ConfigError} when a setting is out of range.
 * @throws {ClozeError} `DATA_INVALID` when a sentence is empty.
 * @see Lan et al. 2020, "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations", section 3.1.
 *   <https://arxiv.org/abs/1909.11942>
 */
export function sentenceOrderPairs(
  documents: readonly SentenceDocument[],
  options: SentencePairOptions,
  key: RandomKey,
): SentencePair[] {
  return pairChunks(documents, options, key, (chunk) => {
    const { sentences } = chunk;
    const numUsed = sentences.length;
    if (numUsed < 2) return { pair: undefined, numUsed };
    const split = splitOf(chunk);
    const [first, second] = [sentences.slice(0, split), sentences.slice(split)];
    const [isSwapped = 0] = chunk.key.fold('isSwapped').uniform(1);
    const pair =
      isSwapped < 0.5 ? ({ first: second, second: first, label: 1 } as const) : ({ first, second, label: 0 } as const);
    return { pair, numUsed };
  });
}

/** Whether the segments of {@link sentenceOrderPairs} stand in their order, by cross entropy. The metric is `accuracy`. */
export function sentenceOrderPrediction(
  options: PairPredictionOptions,
): Objective<SentencePair, SequenceClassifier, SequenceField> {
  return { ...nextSentencePrediction(options), name: 'sentenceOrderPrediction' };
}
