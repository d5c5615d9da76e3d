import type { ModelFamily } from '@cloze/core';
import { bartCheckpointNames } from './checkpoint.ts';
import { parseBartConfig, toBartConfigJson, withBartSettings, type BartConfig } from './config.ts';
import { BartForConditionalGeneration, BartForQuestionAnswering, BartForSequenceClassification } from './heads.ts';
import { BartModel } from './model.ts';
import { bartBase, bartLarge, bartMini, bartSmall, bartTiny } from './presets.ts';

/** The models of the family by task. */
export interface BartModels {
  readonly base: BartModel;
  readonly 'conditional-generation': BartForConditionalGeneration;
  readonly 'sequence-classification': BartForSequenceClassification;
  readonly 'question-answering': BartForQuestionAnswering;
}

/** BART as a value, for `hub`, the command line and the conformance suite. */
export const bartFamily: ModelFamily<BartConfig, BartModels> = {
  name: 'bart',
  modelTypes: ['bart'],
  architectures: {
    base: ['BartModel'],
    'conditional-generation': ['BartForConditionalGeneration'],
    'sequence-classification': ['BartForSequenceClassification'],
    'question-answering': ['BartForQuestionAnswering'],
  },
  pretrainingTask: 'conditional-generation',
  presets: { tiny: bartTiny, mini: bartMini, small: bartSmall, 'bart-base': bartBase, 'bart-large': bartLarge },
  parseConfig: parseBartConfig,
  toConfigJson: (config, task) => toBartConfigJson(config, bartFamily.architectures[task]),
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: bartCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withBartSettings,
};

const MODELS: {
  readonly [Task in keyof BartModels]: (...args: ConstructorParameters<typeof BartModel>) => BartModels[Task];
} = {
  base: (config, source) => new BartModel(config, source),
  'conditional-generation': (config, source) => new BartForConditionalGeneration(config, source),
  'sequence-classification': (config, source) => new BartForSequenceClassification(config, source),
  'question-answering': (config, source) => new BartForQuestionAnswering(config, source),
};
