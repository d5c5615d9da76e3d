import type { ModelFamily } from '@cloze/core';
import { elmoCheckpointNames } from './checkpoint.ts';
import { parseElmoConfig, toElmoConfigJson, withElmoSettings, type ElmoConfig } from './config.ts';
import { ElmoForBidirectionalLm, ElmoForSequenceClassification, ElmoForTokenClassification } from './heads.ts';
import { ElmoModel } from './model.ts';
import { elmoMedium, elmoMini, elmoOriginal, elmoSmall, elmoTiny } from './presets.ts';

/** The models of the family by task. */
export interface ElmoModels {
  readonly base: ElmoModel;
  readonly 'bidirectional-language-modeling': ElmoForBidirectionalLm;
  readonly 'sequence-classification': ElmoForSequenceClassification;
  readonly 'token-classification': ElmoForTokenClassification;
}

/** ELMo as a value, for `hub`, the command line and the conformance suite. */
export const elmoFamily: ModelFamily<ElmoConfig, ElmoModels> = {
  name: 'elmo',
  modelTypes: ['elmo'],
  // Hugging Face transformers has no ELMo; the names follow its pattern.
  architectures: {
    base: ['ElmoModel'],
    'bidirectional-language-modeling': ['ElmoForBidirectionalLM'],
    'sequence-classification': ['ElmoForSequenceClassification'],
    'token-classification': ['ElmoForTokenClassification'],
  },
  pretrainingTask: 'bidirectional-language-modeling',
  presets: { tiny: elmoTiny, mini: elmoMini, small: elmoSmall, medium: elmoMedium, original: elmoOriginal },
  parseConfig: parseElmoConfig,
  toConfigJson: (config, task) => toElmoConfigJson(config, elmoFamily.architectures[task]),
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: (config, task) => elmoCheckpointNames(config, task === 'base' ? '' : 'model.'),
  // An LSTM reads sentences of any length.
  limits: ({ vocabSize }) => ({ vocabSize, maxPositions: Number.MAX_SAFE_INTEGER }),
  withSettings: withElmoSettings,
};

const MODELS: {
  readonly [Task in keyof ElmoModels]: (...args: ConstructorParameters<typeof ElmoModel>) => ElmoModels[Task];
} = {
  base: (config, source) => new ElmoModel(config, source),
  'bidirectional-language-modeling': (config, source) => new ElmoForBidirectionalLm(config, source),
  'sequence-classification': (config, source) => new ElmoForSequenceClassification(config, source),
  'token-classification': (config, source) => new ElmoForTokenClassification(config, source),
};
