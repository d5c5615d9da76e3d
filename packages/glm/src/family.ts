import type { ModelFamily } from '@cloze/core';
import { glmCheckpointNames } from './checkpoint.ts';
import { GLM_MODEL_TYPE, parseGlmConfig, toGlmConfigJson, type GlmConfig } from './config.ts';
import {
  GlmForConditionalGeneration,
  GlmForMultipleChoice,
  GlmForSequenceClassification,
  type GlmModels,
} from './heads.ts';
import { GlmModel } from './model.ts';
import { glm10B, glm2B, glm410M, glm515M, glmBase, glmLarge, glmMini, glmSmall, glmTiny } from './presets.ts';

/** GLM as a value, for `hub`, the command line and the conformance suite. */
export const glmFamily: ModelFamily<GlmConfig, GlmModels> = {
  name: 'glm',
  modelTypes: [GLM_MODEL_TYPE],
  architectures: {
    base: ['GLMModel'],
    'blank-infilling': ['GLMForConditionalGeneration'],
    'sequence-classification': ['GLMForSequenceClassification'],
    'multiple-choice': ['GLMForMultipleChoice'],
  },
  pretrainingTask: 'blank-infilling',
  presets: {
    tiny: glmTiny,
    mini: glmMini,
    small: glmSmall,
    base: glmBase,
    large: glmLarge,
    '410m': glm410M,
    '515m': glm515M,
    '2b': glm2B,
    '10b': glm10B,
  },
  parseConfig: parseGlmConfig,
  toConfigJson: (config, task) => toGlmConfigJson(config, glmFamily.architectures[task]),
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: glmCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: (config, { dropout, ...settings }) => ({
    ...config,
    ...settings,
    ...(dropout === undefined ? {} : { embeddingDropout: dropout, attentionDropout: dropout, hiddenDropout: dropout }),
  }),
};

const MODELS: {
  readonly [Task in keyof GlmModels]: (...args: ConstructorParameters<typeof GlmModel>) => GlmModels[Task];
} = {
  base: (config, source) => new GlmModel(config, source),
  'blank-infilling': (config, source) => new GlmForConditionalGeneration(config, source),
  'sequence-classification': (config, source) => new GlmForSequenceClassification(config, source),
  'multiple-choice': (config, source) => new GlmForMultipleChoice(config, source),
};
