import { ClozeError, type Objective, type RandomKey, type SequenceClassifier } from '@cloze/core';
import { frameSegments, type FramingTokens } from './framed-sequence.ts';
import {
  chunkAt,
  lengthOf,
  pairChunks,
  splitOf,
  type Chunk,
  type SentenceDocument,
  type SentencePair,
  type SentencePairOptions,
} from './sentence-pairs.ts';
import { sequenceClassification, type SequenceField } from './supervised.ts';

/** How often another document is drawn where it is the same again. */
const MAX_DRAWS = 10;

/**
 * BERT's pairs: sentences are gathered up to the length and split in two; with a chance of one half, and always where there is one sentence only, the
 * second segment comes from a random place of another document instead, and the sentences that it replaces are used again. Label 1 = random.
 *
 * One call makes the pairs of one epoch; other keys (`key.fold(epoch)`) make other pairs of the same documents.
 *
 * @throws {ConfigError} when a setting is out of range.
 * @throws {ClozeError} `DATA_INVALID` when there are fewer than two documents, or when a sentence is empty.
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 3.1, task 2, and
 *   `create_instances_from_document`.
 *   <https://github.com/google-research/bert/blob/eedf5716ce1268e56f0a50264a88cafad334ac61/create_pretraining_data.py>
 */
export function nextSentencePairs(
  documents: readonly SentenceDocument[],
  options: SentencePairOptions,
  key: RandomKey,
): SentencePair[] {
  if (documents.length < 2) {
    throw new ClozeError('DATA_INVALID', {
      message: `nextSentencePairs: there must be at least 2 documents to take random sentences from, got ${documents.length}.`,
      hint: 'Separate documents by an empty line, or predict masked tokens only.',
    });
  }
  return pairChunks(documents, options, key, (chunk) => {
    const { sentences } = chunk;
    const split = splitOf(chunk);
    const first = sentences.slice(0, split);
    const [isRandom = 0] = chunk.key.fold('isRandom').uniform(1);
    if (sentences.length > 1 && isRandom >= 0.5) {
      return { pair: { first, second: sentences.slice(split), label: 0 }, numUsed: sentences.length };
    }
    const second = randomSentences(documents, chunk, chunk.targetLength - lengthOf(first));
    return { pair: { first, second, label: 1 }, numUsed: split };
  });
}

/** Which of two segments follows the other: settings of {@link nextSentencePrediction} and of sentence-order prediction. */
export interface PairPredictionOptions {
  readonly tokens: FramingTokens;
  /** In tokens, special ones included; all batches have this length, so that one compiled step serves them. */
  readonly sequenceLength: number;
}

/** Whether the second segment of {@link nextSentencePairs} follows the first, by cross entropy. The metric is `accuracy`. */
export function nextSentencePrediction({
  tokens,
  sequenceLength,
}: PairPredictionOptions): Objective<SentencePair, SequenceClassifier, SequenceField> {
  const name = 'nextSentencePrediction';
  const classification = sequenceClassification({ padTokenId: tokens.padTokenId, numLabels: 2, sequenceLength });
  return {
    name,
    prepare: (pairs, key) =>
      classification.prepare(
        pairs.map(({ first, second, label }) => ({
          ...frameSegments([first, second], tokens, { name, sequenceLength }),
          label,
        })),
        key,
      ),
    loss: classification.loss,
  };
}

/** Sentences from a random one on, at least one. */
function randomSentences(
  documents: readonly SentenceDocument[],
  { document, key }: Chunk,
  targetLength: number,
): SentenceDocument {
  let other = document;
  for (let draw = 0; draw < MAX_DRAWS && other === document; draw++) {
    other = key.fold('document').fold(draw).integer(documents.length);
  }
  const sentences = documents[other] ?? [];
  return chunkAt(sentences, key.fold('start').integer(sentences.length), Math.max(1, targetLength));
}
