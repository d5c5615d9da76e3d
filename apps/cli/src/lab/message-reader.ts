import type { MaskedLanguageModel, RandomKey } from '@cloze/core';
import type { ClassifiedText } from '@cloze/tasks';
import { defaultCorpus } from '../corpus/default-corpus.ts';
import { messagesByKind } from './messages-by-kind.ts';
import type { PretrainBertOptions } from './pretrain-bert.ts';
import { newBert, SMALL, TINY, wordPieces, type LabModel } from './small-models.ts';

/** About 1 / sqrt(128). BERT's 0.02 suits widths of 768: a narrow network that begins so reads for thousands of steps before it looks at any context. */
const INITIALIZER_RANGE = 0.08;

/** A BERT, what it reads first, and the task that it learns then. */
export interface MessageReader {
  /** Trained on nothing. The same key makes it again. */
  readonly createModel: () => LabModel<MaskedLanguageModel>;
  /** The documentation comments of TypeScript's libraries, and all messages without their labels. */
  readonly texts: readonly string[];
  readonly train: readonly ClassifiedText[];
  readonly test: readonly ClassifiedText[];
  readonly numEpochs: number;
  /** How it reads the texts. 40 % are masked: in so few steps more is learned from many targets than from few (Wettig et al. 2023). */
  readonly pretraining: Pick<PretrainBertOptions, 'numSteps' | 'batchSize' | 'learningRate' | 'masking'>;
}

/**
 * A BERT of 2 layers x 128 that is to tell what messages are about, from 200 that are labelled, and may read all others before. A quick one is tiny and has 16.
 */
export async function messageReader({
  isQuick,
  key,
}: {
  readonly isQuick: boolean;
  readonly key: RandomKey;
}): Promise<MessageReader> {
  const { train, test } = await messagesByKind({ numTraining: isQuick ? 16 : 200, key: key.fold('data') });
  const comments = (await defaultCorpus()).text.split('\n\n').slice(0, isQuick ? 200 : undefined);
  const texts = [...comments, ...[...train, ...test].map(({ text }) => text).slice(0, isQuick ? 100 : undefined)];
  const tokenizer = wordPieces(texts, isQuick ? 300 : 2048);
  return {
    createModel: () =>
      newBert(tokenizer, { ...(isQuick ? TINY : SMALL), initializerRange: INITIALIZER_RANGE }, key.fold('model')),
    texts,
    train,
    test: isQuick ? test.slice(0, 32) : test,
    numEpochs: isQuick ? 1 : 20,
    pretraining: {
      ...{ numSteps: isQuick ? 4 : 2500, batchSize: isQuick ? 4 : 16, learningRate: 2e-3 },
      masking: { maskedShare: 0.4 },
    },
  };
}
