import { bertFamily, bertTiny, type BertModels } from '@cloze/bert';
import {
  disposeModule,
  randomParameters,
  type CausalLanguageModel,
  type MaskedLanguageModel,
  type MaskedPairModel,
  type Module,
  type RandomKey,
} from '@cloze/core';
import { gptFamily, gptNano } from '@cloze/gpt';
import { anyFamily } from '@cloze/hub';
import type { FramingTokens, MaskingTokens } from '@cloze/objectives';
import type { BaseModel } from '@cloze/tasks';
import { trainByteLevelBpe, trainWordPiece, type Tokenizer } from '@cloze/tokenizer';

/** A model with its tokenizer. */
export interface LabModel<M extends Module> extends BaseModel {
  readonly model: M;
  readonly tokenizer: Tokenizer;
  /** Frees the model. */
  dispose(): void;
}

/** How large a model of the lab is. */
export interface ModelSize {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly maxPositions: number;
  /** Of the weights at the begin. Default: 0.02, as published. */
  readonly initializerRange?: number;
}

/** Learns something from a text of a megabyte within a minute. */
export const SMALL: ModelSize = { hiddenSize: 128, numLayers: 2, maxPositions: 128 };
/** Learns nothing, quickly. */
export const TINY: ModelSize = { hiddenSize: 16, numLayers: 1, maxPositions: 128 };

/** BERT's special tokens, in the order in which {@link wordPieces} has them. */
const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
/** Their ids. */
export const BERT_TOKENS: MaskingTokens & FramingTokens = {
  padTokenId: 0,
  clsTokenId: 2,
  sepTokenId: 3,
  maskTokenId: 4,
};
/** Ends a text for GPT. */
export const END_OF_TEXT = '<|endoftext|>';

/** A tokenizer for BERT. */
export function wordPieces(texts: readonly string[], vocabSize: number): Tokenizer {
  return trainWordPiece(texts, { vocabSize, specialTokens: SPECIAL_TOKENS, lowercase: true });
}

/** A tokenizer for GPT. */
export function bytePairs(texts: readonly string[], vocabSize: number): Tokenizer {
  return trainByteLevelBpe(texts, { vocabSize, specialTokens: [END_OF_TEXT] });
}

/** A BERT that was trained on nothing. Nothing is dropped before it is fine-tuned: texts are read a few times only. */
export function newBert(tokenizer: Tokenizer, size: ModelSize, key: RandomKey): LabModel<MaskedLanguageModel> {
  return bertFor('masked-language-modeling', tokenizer, size, key);
}

/** The same with a head that tells whether one text follows another. */
export function newPairBert(tokenizer: Tokenizer, size: ModelSize, key: RandomKey): LabModel<MaskedPairModel> {
  return bertFor('pre-training', tokenizer, size, key);
}

function bertFor<Task extends keyof BertModels>(
  task: Task,
  tokenizer: Tokenizer,
  size: ModelSize,
  key: RandomKey,
): LabModel<BertModels[Task]> {
  const preset = { ...bertTiny, ...sizesOf(size), vocabSize: tokenizer.vocabSize };
  const config = bertFamily.withSettings(preset, { dropout: 0 });
  const model = bertFamily.create(config, task, randomParameters(key));
  return { family: anyFamily(bertFamily), config, task, tokenizer, ...owned(model) };
}

/** A GPT that was trained on nothing. */
export function newGpt(tokenizer: Tokenizer, size: ModelSize, key: RandomKey): LabModel<CausalLanguageModel> {
  const preset = { ...gptNano, ...sizesOf(size), vocabSize: tokenizer.vocabSize };
  const config = gptFamily.withSettings(preset, { dropout: 0 });
  const task = 'causal-language-modeling';
  const model = gptFamily.create(config, task, randomParameters(key));
  return { family: anyFamily(gptFamily), config, task, tokenizer, ...owned(model) };
}

function sizesOf(size: ModelSize) {
  return { ...size, numHeads: 4, intermediateSize: 4 * size.hiddenSize };
}

function owned<M extends Module>(model: M): Pick<LabModel<M>, 'model' | 'dispose'> {
  return {
    model,
    dispose: () => {
      disposeModule(model);
    },
  };
}
