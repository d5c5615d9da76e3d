import type { ModelFamily, ParameterSource } from '@cloze/core';
import { t5CheckpointNames } from './checkpoint.ts';
import { parseT5Config, settleT5Config, toT5ConfigJson, type T5Config } from './config.ts';
import { T5ForConditionalGeneration } from './heads.ts';
import { T5EncoderModel, T5Model } from './model.ts';
import {
  t5Base,
  t5Large,
  t5Mini,
  t5Small,
  t5SmallScratch,
  t5Tiny,
  t5V11Base,
  t5V11Large,
  t5V11Small,
  t5V11Xl,
  t5V11Xxl,
  t5Xl,
  t5Xxl,
} from './presets.ts';
import { T5ForQuestionAnswering, T5ForSequenceClassification, T5ForTokenClassification } from './supervised-heads.ts';

/** The models of the family by task. */
export interface T5Models {
  readonly base: T5Model;
  readonly 'conditional-generation': T5ForConditionalGeneration;
  readonly encoder: T5EncoderModel;
  readonly 'sequence-classification': T5ForSequenceClassification;
  readonly 'token-classification': T5ForTokenClassification;
  readonly 'question-answering': T5ForQuestionAnswering;
}

/** T5 v1.0 and v1.1 as a value, for `hub`, the command line and the conformance suite. */
export const t5Family: ModelFamily<T5Config, T5Models> = {
  name: 't5',
  modelTypes: ['t5'],
  architectures: {
    base: ['T5Model'],
    'conditional-generation': ['T5ForConditionalGeneration', 'T5WithLMHeadModel'],
    encoder: ['T5EncoderModel'],
    'sequence-classification': ['T5ForSequenceClassification'],
    'token-classification': ['T5ForTokenClassification'],
    'question-answering': ['T5ForQuestionAnswering'],
  },
  pretrainingTask: 'conditional-generation',
  presets: {
    tiny: t5Tiny,
    mini: t5Mini,
    small: t5SmallScratch,
    't5-small': t5Small,
    't5-base': t5Base,
    't5-large': t5Large,
    't5-3b': t5Xl,
    't5-11b': t5Xxl,
    't5-v1_1-small': t5V11Small,
    't5-v1_1-base': t5V11Base,
    't5-v1_1-large': t5V11Large,
    't5-v1_1-xl': t5V11Xl,
    't5-v1_1-xxl': t5V11Xxl,
  },
  parseConfig: parseT5Config,
  settleConfig: settleT5Config,
  toConfigJson: (config, task) => toT5ConfigJson(config, t5Family.architectures[task].slice(0, 1)),
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: t5CheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: (config, { vocabSize, maxPositions, numLabels, dropout, padTokenId, eosTokenId }) => ({
    ...config,
    vocabSize: vocabSize ?? config.vocabSize,
    maxPositions: maxPositions ?? config.maxPositions,
    numLabels: numLabels ?? config.numLabels,
    dropout: dropout ?? config.dropout,
    classifierDropout: dropout ?? config.classifierDropout,
    padTokenId: padTokenId ?? config.padTokenId,
    eosTokenId: eosTokenId ?? config.eosTokenId,
    // Targets begin with padding.
    decoderStartTokenId: padTokenId ?? config.decoderStartTokenId,
  }),
};

const MODELS: {
  readonly [Task in keyof T5Models]: (config: T5Config, source: ParameterSource) => T5Models[Task];
} = {
  base: (config, source) => new T5Model(config, source),
  'conditional-generation': (config, source) => new T5ForConditionalGeneration(config, source),
  encoder: (config, source) => new T5EncoderModel(config, source),
  'sequence-classification': (config, source) => new T5ForSequenceClassification(config, source),
  'token-classification': (config, source) => new T5ForTokenClassification(config, source),
  'question-answering': (config, source) => new T5ForQuestionAnswering(config, source),
};
