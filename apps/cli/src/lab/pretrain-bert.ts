import type { MaskedLanguageModel } from '@cloze/core';
import { maskedLanguageModeling, type MaskingOptions } from '@cloze/objectives';
import { BERT_TOKENS, type LabModel } from './small-models.ts';
import { trainModel, windowsOf, type TrainModelOptions } from './train-model.ts';

const SEQUENCE_LENGTH = 64;

/** How a BERT is pre-trained. */
export type PretrainBertOptions = Omit<TrainModelOptions<MaskedLanguageModel, never, never>, 'objective' | 'data'> & {
  /** Default: BERT's. */
  readonly masking?: Pick<MaskingOptions, 'maskedShare' | 'unit'> | undefined;
};

/** Pre-trains a BERT by masked language modeling on texts, in pieces of 64 tokens; see {@link trainModel}. */
export async function pretrainBert(
  start: LabModel<MaskedLanguageModel>,
  texts: readonly string[],
  { masking, ...options }: PretrainBertOptions,
): Promise<LabModel<MaskedLanguageModel>> {
  const { tokenizer } = start;
  return trainModel(start, {
    ...options,
    objective: maskedLanguageModeling({
      ...masking,
      tokens: BERT_TOKENS,
      vocabSize: tokenizer.vocabSize,
      sequenceLength: SEQUENCE_LENGTH,
    }),
    data: await windowsOf(texts, tokenizer, {
      // Room for [CLS] and [SEP].
      length: SEQUENCE_LENGTH - 2,
      separatorId: BERT_TOKENS.sepTokenId,
      key: options.key.fold('windows'),
    }),
  });
}
