import { bartFamily } from '@cloze/bart';
import type { EncoderDecoderModel } from '@cloze/core';
import { randomWindows } from '@cloze/datasets';
import { anyFamily } from '@cloze/hub';
import { bartNoises, denoising, type TextToTextField } from '@cloze/objectives';
import { trainByteLevelBpe } from '@cloze/tokenizer';
import { planOf, type PretrainingRecipe } from '../recipe.ts';
import { idOfSpecial, idsWhere } from '../tokenizer.ts';
import { readTokens, wholeBlocks } from '../tokens.ts';

/** In the order of the published vocabulary, whose ids the presets have. */
const SPECIAL_TOKENS = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];

/** BART: windows of text, their sentences shuffled and 30 % of their words masked in spans, to be restored. */
export const bartRecipe: PretrainingRecipe = {
  family: anyFamily(bartFamily),
  task: 'conditional-generation',
  preset: 'tiny',
  tokenizers: {
    bpe: (texts, vocabSize) => trainByteLevelBpe(texts, { vocabSize, specialTokens: SPECIAL_TOKENS }),
  },
  vocabSize: 2048,
  sequenceLength: 256,
  next: (folder) => `cloze fill --model ${folder} "The ___ of the array."`,
  prepare: async (request) => {
    const { tokenizer, sequenceLength, key } = request;
    const [bosTokenId, padTokenId, eosTokenId, maskTokenId] = [
      idOfSpecial(tokenizer, '<s>'),
      idOfSpecial(tokenizer, '<pad>'),
      idOfSpecial(tokenizer, '</s>'),
      idOfSpecial(tokenizer, '<mask>'),
    ];
    // Byte-level tokens show a space as Ġ and a line break as Ċ.
    const wordStarts = idsWhere(tokenizer, (token) => /^[ĠĊ]/.test(token));
    const sentenceEnds = idsWhere(tokenizer, (token) => /[.!?]$/.test(token));
    const blockLength = sequenceLength - 2;
    const tokens = await readTokens(request, { blockLength });
    return planOf<EncoderDecoderModel, ArrayLike<number>, TextToTextField>({
      objective: denoising({
        bosTokenId,
        padTokenId,
        eosTokenId,
        decoderStartTokenId: eosTokenId,
        sourceLength: sequenceLength,
        targetLength: sequenceLength,
        noises: bartNoises({
          maskTokenId,
          isWordStart: (id) => wordStarts.has(id),
          isSentenceEnd: (id) => sentenceEnds.has(id),
        }),
      }),
      source: randomWindows(tokens.training, { blockLength, key }),
      validation: wholeBlocks(tokens.validation, blockLength),
      tokens,
      settings: { bosTokenId, padTokenId, eosTokenId },
    });
  },
};
