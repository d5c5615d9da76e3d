import type { EncoderDecoderModel } from '@cloze/core';
import { randomWindows } from '@cloze/datasets';
import { anyFamily } from '@cloze/hub';
import { spanCorruption, spanCorruptionLengths, type TextToTextField } from '@cloze/objectives';
import { t5Family } from '@cloze/t5';
import { trainByteLevelBpe, trainUnigram } from '@cloze/tokenizer';
import { planOf, type PretrainingRecipe } from '../recipe.ts';
import { idOfSpecial } from '../tokenizer.ts';
import { readTokens, wholeBlocks } from '../tokens.ts';

const NUM_SENTINELS = 100;
/** The last sentinel first: their ids descend, as in the published vocabulary. */
const SENTINELS = Array.from({ length: NUM_SENTINELS }, (_, index) => `<extra_id_${NUM_SENTINELS - 1 - index}>`);
const SPECIAL_TOKENS = ['<pad>', '</s>', '<unk>', ...SENTINELS];

/** T5: windows of text with 15 % of their tokens cut out in spans, which are to be written. */
export const t5Recipe: PretrainingRecipe = {
  family: anyFamily(t5Family),
  task: 'conditional-generation',
  preset: 'tiny',
  tokenizers: {
    unigram: (texts, vocabSize) => trainUnigram(texts, { vocabSize, specialTokens: SPECIAL_TOKENS }),
    bpe: (texts, vocabSize) => trainByteLevelBpe(texts, { vocabSize, specialTokens: SPECIAL_TOKENS }),
  },
  vocabSize: 2048,
  sequenceLength: 128,
  next: (folder) => `cloze fill --model ${folder} "The ___ of the array."`,
  prepare: async (request) => {
    const { tokenizer, sequenceLength, key } = request;
    const padTokenId = idOfSpecial(tokenizer, '<pad>');
    const eosTokenId = idOfSpecial(tokenizer, '</s>');
    const { textLength } = spanCorruptionLengths({ sourceLength: sequenceLength });
    const tokens = await readTokens(request, { blockLength: textLength });
    return planOf<EncoderDecoderModel, ArrayLike<number>, TextToTextField>({
      objective: spanCorruption({
        sourceLength: sequenceLength,
        firstSentinelId: idOfSpecial(tokenizer, '<extra_id_0>'),
        numSentinels: NUM_SENTINELS,
        padTokenId,
        eosTokenId,
        decoderStartTokenId: padTokenId,
      }),
      source: randomWindows(tokens.training, { blockLength: textLength, key }),
      validation: wholeBlocks(tokens.validation, textLength),
      tokens,
      settings: { padTokenId, eosTokenId },
    });
  },
};
