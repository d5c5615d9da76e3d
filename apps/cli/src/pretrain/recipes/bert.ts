import { bertFamily } from '@cloze/bert';
import type { MaskedPairModel } from '@cloze/core';
import { epochSource, fingerprint } from '@cloze/datasets';
import { anyFamily } from '@cloze/hub';
import { bertPreTraining, nextSentencePairs, type BertPreTrainingField, type SentencePair } from '@cloze/objectives';
import { trainWordPiece } from '@cloze/tokenizer';
import { planOf, type PretrainingRecipe } from '../recipe.ts';
import { readDocuments } from '../sentence-documents.ts';
import { idOfSpecial } from '../tokenizer.ts';

const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** BERT: pairs of segments with 15 % of their tokens masked; which tokens were there, and does the second follow the first. */
export const bertRecipe: PretrainingRecipe = {
  family: anyFamily(bertFamily),
  task: 'pre-training',
  preset: 'tiny',
  tokenizers: { wordpiece: (texts, vocabSize) => trainWordPiece(texts, { vocabSize, specialTokens: SPECIAL_TOKENS }) },
  vocabSize: 2048,
  sequenceLength: 64,
  next: (folder) => `cloze fill --model ${folder} "The ___ of the array."`,
  prepare: async (request) => {
    const { tokenizer, sequenceLength, key } = request;
    const tokens = {
      padTokenId: idOfSpecial(tokenizer, '[PAD]'),
      clsTokenId: idOfSpecial(tokenizer, '[CLS]'),
      sepTokenId: idOfSpecial(tokenizer, '[SEP]'),
      maskTokenId: idOfSpecial(tokenizer, '[MASK]'),
    };
    const documents = await readDocuments(request);
    const { training, validation } = documents;
    const validationPairs =
      validation.length < 2 ? [] : nextSentencePairs(validation, { sequenceLength }, key.fold('validation'));
    return planOf<MaskedPairModel, SentencePair, BertPreTrainingField>({
      objective: bertPreTraining({ tokens, sequenceLength, vocabSize: tokenizer.vocabSize }),
      source: epochSource({
        fingerprint: fingerprint('nextSentencePairs', documents.tokens.training, sequenceLength, key.toWords()),
        examplesOf: (epoch) => nextSentencePairs(training, { sequenceLength }, key.fold('epoch').fold(epoch)),
      }),
      validation: validationPairs,
      tokens: documents.tokens,
      settings: { padTokenId: tokens.padTokenId },
    });
  },
};
