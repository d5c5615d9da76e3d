import type { CausalLanguageModel } from '@cloze/core';
import { randomWindows, sequentialBlocks } from '@cloze/datasets';
import { gptFamily } from '@cloze/gpt';
import { anyFamily } from '@cloze/hub';
import { causalLanguageModeling, type CausalLanguageModelingField } from '@cloze/objectives';
import { trainByteLevelBpe, trainCharacters } from '@cloze/tokenizer';
import { planOf, type PretrainingRecipe } from '../recipe.ts';
import { readTokens } from '../tokens.ts';

const END_OF_TEXT = '<|endoftext|>';

/** GPT: windows of text at random positions, each token predicted from those before it, as nanoGPT trains it. */
export const gptRecipe: PretrainingRecipe = {
  family: anyFamily(gptFamily),
  task: 'causal-language-modeling',
  preset: 'nano',
  tokenizers: {
    bpe: (texts, vocabSize) => trainByteLevelBpe(texts, { vocabSize, specialTokens: [END_OF_TEXT] }),
    characters: (texts) => trainCharacters(texts),
  },
  vocabSize: 2048,
  sequenceLength: 256,
  next: (folder) => `cloze generate --model ${folder} "The"`,
  prepare: async (request) => {
    const { tokenizer, sequenceLength, key } = request;
    const blockLength = sequenceLength + 1;
    const endOfText = tokenizer.tokenToId(END_OF_TEXT);
    const tokens = await readTokens(request, {
      blockLength,
      ...(endOfText === undefined ? {} : { documentEnd: END_OF_TEXT }),
    });
    return planOf<CausalLanguageModel, ArrayLike<number>, CausalLanguageModelingField>({
      objective: causalLanguageModeling(),
      source: randomWindows(tokens.training, { blockLength, key }),
      // Every token but the first is a target once.
      validation: { [Symbol.iterator]: () => sequentialBlocks(tokens.validation, { blockLength, overlap: 1 }) },
      tokens,
      settings: endOfText === undefined ? {} : { bosTokenId: endOfText, eosTokenId: endOfText },
    });
  },
};
