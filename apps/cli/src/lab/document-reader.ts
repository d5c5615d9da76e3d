import type { CausalLanguageModel, RandomKey } from '@cloze/core';
import { fingerprint, indexedSource } from '@cloze/datasets';
import { causalLanguageModeling } from '@cloze/objectives';
import type { Setting } from './experiment.ts';
import { bytePairs, newGpt, SMALL, TINY, type LabModel } from './small-models.ts';
import { trainModel } from './train-model.ts';

/** Of the documents, in tokens. */
const DOCUMENT_LENGTH = 64;

/** What is read, and how long. */
export interface DocumentReaderOptions extends Pick<Setting, 'isQuick' | 'key' | 'engine'> {
  /** A document that is as good as new for each key. All have as many tokens, or more than are read. */
  readonly documentOf: (key: RandomKey) => string;
  readonly numSteps: number;
  readonly progress: (fraction: number) => void;
}

/** A GPT of 2 layers x 64 that has read the first 64 tokens of made documents, each once. */
export async function readDocuments({
  documentOf,
  numSteps,
  isQuick,
  key,
  engine,
  progress,
}: DocumentReaderOptions): Promise<LabModel<CausalLanguageModel>> {
  const documents = key.fold('documents');
  const words = Array.from({ length: 200 }, (_, index) => documentOf(documents.fold('words').fold(index)));
  // Every word becomes a token.
  const tokenizer = bytePairs(words, 400);
  const size = isQuick ? TINY : { ...SMALL, hiddenSize: 64 };
  return trainModel(newGpt(tokenizer, size, key.fold('parameters')), {
    objective: causalLanguageModeling(),
    data: indexedSource({
      fingerprint: fingerprint('documents', documents.toWords()),
      exampleAt: (position) => {
        const ids = tokenizer.encodeToIds(documentOf(documents.fold(position)), { addSpecialTokens: false });
        return ids.subarray(0, DOCUMENT_LENGTH + 1);
      },
    }),
    ...{ numSteps: isQuick ? 2 : numSteps, batchSize: isQuick ? 2 : 32, learningRate: 2e-3 },
    ...{ key: key.fold('training'), engine, progress },
  });
}
