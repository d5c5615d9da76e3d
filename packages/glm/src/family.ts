import type { ModelFamily } from '@cloze/core';
import { glmCheckpointNames } from './checkpoint.ts';
import { glmTiny, parseGlmConfig, toGlmConfigJson, withGlmSettings, type GlmConfig } from './config.ts';
import { GlmForCausalLm } from './heads.ts';

/** The models of the family, by task. */
export interface GlmModels {
  readonly 'causal-language-modeling': GlmForCausalLm;
}

/** Glm as a value, for everything that works with any family. */
export const glmFamily: ModelFamily<GlmConfig, GlmModels> = {
  name: 'glm',
  modelTypes: ['glm'],
  architectures: { 'causal-language-modeling': ['GlmForCausalLM'] },
  pretrainingTask: 'causal-language-modeling',
  presets: { tiny: glmTiny },
  parseConfig: parseGlmConfig,
  toConfigJson: (config) => ({ ...toGlmConfigJson(config), architectures: ['GlmForCausalLM'] }),
  create: (config, _task, source) => new GlmForCausalLm(config, source),
  checkpointNames: glmCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withGlmSettings,
};
