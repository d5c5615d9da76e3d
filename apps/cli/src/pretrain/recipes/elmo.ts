import type { BidirectionalLanguageModel } from '@cloze/core';
import { randomWindows } from '@cloze/datasets';
import { characterTable, elmoFamily, elmoOriginal, trainElmoVocabulary } from '@cloze/elmo';
import { anyFamily } from '@cloze/hub';
import { bidirectionalLanguageModeling, type BidirectionalLanguageModelingField } from '@cloze/objectives';
import { planOf, type PretrainingRecipe } from '../recipe.ts';
import { readSentenceTokens, wholeBlocks } from '../tokens.ts';

/** ELMo: windows of a stream of sentences, each word predicted from those before it and from those after it. */
export const elmoRecipe: PretrainingRecipe = {
  family: anyFamily(elmoFamily),
  task: 'bidirectional-language-modeling',
  preset: 'tiny',
  tokenizers: { 'word-level': (texts, vocabSize) => trainElmoVocabulary(texts, { vocabSize }) },
  vocabSize: 8192,
  sequenceLength: 20,
  next: (folder) => `cloze info ${folder}`,
  prepare: async (request) => {
    const { tokenizer, sequenceLength, key } = request;
    const blockLength = sequenceLength;
    const tokens = await readSentenceTokens(request, blockLength);
    return planOf<BidirectionalLanguageModel, ArrayLike<number>, BidirectionalLanguageModelingField>({
      // No preset has wider filters.
      objective: bidirectionalLanguageModeling({ characterTable: characterTable(tokenizer, elmoOriginal) }),
      source: randomWindows(tokens.training, { blockLength, key }),
      validation: wholeBlocks(tokens.validation, blockLength),
      tokens,
      settings: {},
    });
  },
};
