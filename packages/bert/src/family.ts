import type { ModelFamily, ParameterSource } from '@cloze/core';
import { bertCheckpointNames } from './checkpoint.ts';
import { parseBertConfig, toBertConfigJson, withBertSettings, type BertConfig } from './config.ts';
import {
  BertForMultipleChoice,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
} from './heads.ts';
import { BertModel } from './model.ts';
import { BertForMaskedLm, BertForNextSentencePrediction, BertForPreTraining } from './pre-training-heads.ts';
import { bertBase, bertLarge, bertMedium, bertMini, bertSmall, bertTiny } from './presets.ts';

/** The models of the family by task. */
export interface BertModels {
  readonly base: BertModel;
  readonly 'pre-training': BertForPreTraining;
  readonly 'masked-language-modeling': BertForMaskedLm;
  readonly 'next-sentence-prediction': BertForNextSentencePrediction;
  readonly 'sequence-classification': BertForSequenceClassification;
  readonly 'token-classification': BertForTokenClassification;
  readonly 'question-answering': BertForQuestionAnswering;
  readonly 'multiple-choice': BertForMultipleChoice;
}

/** BERT as a value, for `hub`, the command line and the conformance suite. */
export const bertFamily: ModelFamily<BertConfig, BertModels> = {
  name: 'bert',
  modelTypes: ['bert'],
  architectures: {
    base: ['BertModel'],
    'pre-training': ['BertForPreTraining'],
    'masked-language-modeling': ['BertForMaskedLM'],
    'next-sentence-prediction': ['BertForNextSentencePrediction'],
    'sequence-classification': ['BertForSequenceClassification'],
    'token-classification': ['BertForTokenClassification'],
    'question-answering': ['BertForQuestionAnswering'],
    'multiple-choice': ['BertForMultipleChoice'],
  },
  pretrainingTask: 'pre-training',
  presets: {
    tiny: bertTiny,
    mini: bertMini,
    small: bertSmall,
    medium: bertMedium,
    base: bertBase,
    large: bertLarge,
  },
  hasMeanPooling: true,
  parseConfig: parseBertConfig,
  toConfigJson: (config, task) => toBertConfigJson(config, bertFamily.architectures[task]),
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: bertCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withBertSettings,
};

const MODELS: {
  readonly [Task in keyof BertModels]: (config: BertConfig, source: ParameterSource) => BertModels[Task];
} = {
  base: (config, source) => new BertModel(config, source),
  'pre-training': (config, source) => new BertForPreTraining(config, source),
  'masked-language-modeling': (config, source) => new BertForMaskedLm(config, source),
  'next-sentence-prediction': (config, source) => new BertForNextSentencePrediction(config, source),
  'sequence-classification': (config, source) => new BertForSequenceClassification(config, source),
  'token-classification': (config, source) => new BertForTokenClassification(config, source),
  'question-answering': (config, source) => new BertForQuestionAnswering(config, source),
  'multiple-choice': (config, source) => new BertForMultipleChoice(config, source),
};
