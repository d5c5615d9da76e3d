import type { ModelFamily } from '@cloze/core';
import { bartCheckpointNames } from './checkpoint.ts';
import { bartTiny, parseBartConfig, toBartConfigJson, withBartSettings, type BartConfig } from './config.ts';
import { BartForCausalLm } from './heads.ts';

/** The models of the family, by task. */
export interface BartModels {
  readonly 'causal-language-modeling': BartForCausalLm;
}

/** Bart as a value, for everything that works with any family. */
export const bartFamily: ModelFamily<BartConfig, BartModels> = {
  name: 'bart',
  modelTypes: ['bart'],
  architectures: { 'causal-language-modeling': ['BartForCausalLM'] },
  pretrainingTask: 'causal-language-modeling',
  presets: { tiny: bartTiny },
  parseConfig: parseBartConfig,
  toConfigJson: (config) => ({ ...toBartConfigJson(config), architectures: ['BartForCausalLM'] }),
  create: (config, _task, source) => new BartForCausalLm(config, source),
  checkpointNames: bartCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withBartSettings,
};
