import { bartFamily, bartTiny } from '@cloze/bart';
import { disposeModule, randomParameters, type EncoderDecoderModel, type Module, type RandomKey } from '@cloze/core';
import { anyFamily } from '@cloze/hub';
import { t5Family, t5Tiny } from '@cloze/t5';
import { trainByteLevelBpe, type Tokenizer } from '@cloze/tokenizer';
import type { WriterFamily } from './message-writer.ts';
import type { LabModel, ModelSize } from './small-models.ts';

const TASK = 'conditional-generation';

const BART_SPECIAL_TOKENS = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];
/** Their ids. */
export const BART_TOKENS = { bosTokenId: 0, padTokenId: 1, eosTokenId: 2, decoderStartTokenId: 2, maskTokenId: 4 };

const NUM_SENTINELS = 32;
/** The last sentinel first: their ids descend, as in the published vocabulary. */
const T5_SENTINELS = Array.from({ length: NUM_SENTINELS }, (_, index) => `<extra_id_${NUM_SENTINELS - 1 - index}>`);
const T5_SPECIAL_TOKENS = ['<pad>', '</s>', '<unk>', ...T5_SENTINELS];
/** Their ids. */
export const T5_TOKENS = {
  padTokenId: 0,
  eosTokenId: 1,
  decoderStartTokenId: 0,
  firstSentinelId: T5_SPECIAL_TOKENS.length - 1,
  numSentinels: NUM_SENTINELS,
};

/** A tokenizer for BART. */
function bartPairs(texts: readonly string[], vocabSize: number): Tokenizer {
  return trainByteLevelBpe(texts, { vocabSize, specialTokens: BART_SPECIAL_TOKENS });
}

/** A tokenizer for T5. */
function t5Pairs(texts: readonly string[], vocabSize: number): Tokenizer {
  return trainByteLevelBpe(texts, { vocabSize, specialTokens: T5_SPECIAL_TOKENS });
}

/** A BART that was trained on nothing, with as many layers in both stacks. */
function newBart(tokenizer: Tokenizer, size: ModelSize, key: RandomKey): LabModel<EncoderDecoderModel> {
  const { hiddenSize, numLayers, maxPositions } = size;
  const stack = { numLayers, numHeads: 4, intermediateSize: 4 * hiddenSize };
  const sizes = { hiddenSize, maxPositions, vocabSize: tokenizer.vocabSize, encoder: stack, decoder: stack };
  const config = bartFamily.withSettings({ ...bartTiny, ...sizes }, { dropout: 0 });
  const model = bartFamily.create(config, TASK, randomParameters(key));
  return { family: anyFamily(bartFamily), config, task: TASK, tokenizer, ...owned(model) };
}

/** A T5 that was trained on nothing, with as many layers in both stacks. It reads and writes texts of any length. */
function newT5(tokenizer: Tokenizer, size: ModelSize, key: RandomKey): LabModel<EncoderDecoderModel> {
  const { hiddenSize, numLayers, maxPositions } = size;
  const config = {
    ...t5Tiny,
    ...{ hiddenSize, maxPositions, vocabSize: tokenizer.vocabSize, numHeads: 4, headSize: hiddenSize / 4 },
    // Three matrices with a gate have as many weights as two of four times the width.
    ...{ intermediateSize: Math.round((8 * hiddenSize) / 3), numEncoderLayers: numLayers, numDecoderLayers: numLayers },
  };
  const model = t5Family.create(config, TASK, randomParameters(key));
  return { family: anyFamily(t5Family), config, task: TASK, tokenizer, ...owned(model) };
}

function owned<M extends Module>(model: M): Pick<LabModel<M>, 'model' | 'dispose'> {
  return {
    model,
    dispose: () => {
      disposeModule(model);
    },
  };
}

/** BART for tasks of messages. */
export const BART_WRITER: WriterFamily = { tokens: BART_TOKENS, trainTokenizer: bartPairs, create: newBart };
/** T5 for tasks of messages. */
export const T5_WRITER: WriterFamily = { tokens: T5_TOKENS, trainTokenizer: t5Pairs, create: newT5 };
